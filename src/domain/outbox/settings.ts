import type { Channel } from './channel.ts';

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;

export const outboxLimits = {
  /** Messages of one channel that are on their way at once. */
  claimBatch: 20,
  /** Longer than a call may take: only a process that died leaves a claim to its end. */
  claimMs: 2 * minuteMs,
  attemptsMax: 12,
  backoffMs: 10 * secondMs,
  backoffMaxMs: hourMs,
  /** The longest that a provider may ask to wait. */
  retryAfterMaxMs: 24 * hourMs,
  errorChars: 300,
  /** Ended messages are kept for this long, so that their fact is not told again. */
  keptDays: 30,
  unreachableMs: 7 * 24 * hourMs,
} as const;

/**
 * How often a message is tried again after an attempt whose outcome nobody knows. A push that arrives twice replaces
 * itself on the device, so it may be tried on. An e-mail keeps its Message-ID and arrives at most once more, as does a
 * Telegram message, which its reader sees twice. An SMS costs money each time: only codes are worth a second one.
 */
export function doubtsAllowed({ channel, template }: { channel: Channel; template: string }): number {
  if (channel === 'push') return outboxLimits.attemptsMax;
  return channel === 'sms' && template !== 'otp.code' ? 0 : 1;
}

/** Doubling from ten seconds to an hour, spread so that messages that failed together do not come back together. */
export function backoffMs(attempts: number): number {
  const fullMs = Math.min(outboxLimits.backoffMs * 2 ** (attempts - 1), outboxLimits.backoffMaxMs);
  return fullMs * (0.5 + Math.random() / 2);
}
