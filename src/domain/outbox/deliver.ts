import type { JobContext } from '../kernel/define.ts';
import { clockPort } from '../kernel/clock.ts';
import { outboxSettingsPort, sendersPort, type Channel, type Outcome, type Sender } from './channel.ts';
import { claimMessages, type Claimed } from './commands/claim.ts';
import { recordAttempt } from './commands/record.ts';
import { outboxLimits } from './settings.ts';
import { write } from './write.ts';

/** Batches in one run; what is left is the next run's. */
const batchesMax = 50;

/** Sends what is due on one channel, outside any transaction, one claimed batch after another. */
export async function deliverDue(context: JobContext, channel: Channel): Promise<void> {
  for (let batches = 0; batches < batchesMax && !context.signal.aborted; batches += 1) {
    const { messages, seen } = await context.execute(claimMessages, { channel });
    const outcomes = await Promise.all(messages.map((message) => attempt(context, channel, message)));
    // A provider that asked to wait is not asked for more at once.
    const isThrottled = outcomes.some((outcome) => outcome.kind === 'retry' && outcome.afterMs !== undefined);
    if (seen < outboxLimits.claimBatch || isThrottled) return;
  }
}

async function attempt(context: JobContext, channel: Channel, message: Claimed): Promise<Outcome> {
  const { observe } = context.port(outboxSettingsPort);
  const outcome = await outcomeOf(context, channel, message);
  const { offsetMs } = context.port(clockPort);
  const lateMs = Date.now() + offsetMs - Date.parse(message.dueAt);
  const reason = outcome.kind === 'sent' ? {} : { reason: outcome.reason };
  observe({ channel, outcome: outcome.kind, ...reason, ...(outcome.kind === 'sent' ? { lateMs } : {}) });
  await context.execute(recordAttempt, { messageId: message.id, attempt: message.attempt, outcome });
  return outcome;
}

async function outcomeOf(context: JobContext, channel: Channel, message: Claimed): Promise<Outcome> {
  const sender = context.port(sendersPort).get(channel);
  if (!sender) return { kind: 'failed', reason: `no ${channel} provider is configured` };
  const { callTimeoutMs, unwritten } = context.port(outboxSettingsPort);
  const { id, recipient, target, about, unsubscribeUrl, ttlSeconds } = message;
  try {
    const written = write(message);
    return await within(callTimeoutMs, (signal) =>
      sender.send({ id, recipient, target, about, unsubscribeUrl, ttlSeconds, written }, signal),
    );
  } catch (error) {
    unwritten(message.template, String(error));
    return { kind: 'failed', reason: 'the text could not be written' };
  }
}

/** An answer in time, or `unknown`: nobody knows what a provider does after we stopped listening. */
async function within(timeoutMs: number, send: (signal: AbortSignal) => ReturnType<Sender['send']>): Promise<Outcome> {
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<Outcome>((resolve) => {
    timer = setTimeout(() => {
      resolve({ kind: 'unknown', reason: 'timed out' });
      abort.abort();
    }, timeoutMs);
  });
  const answer = send(abort.signal).catch((error: unknown): Outcome => ({ kind: 'unknown', reason: String(error) }));
  return Promise.race([answer, timeout]).finally(() => clearTimeout(timer));
}
