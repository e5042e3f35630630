import { assert } from '../kernel/errors.ts';
import { applyMove } from '../kernel/machine.ts';
import type { OutgoingMessage } from './entities.ts';
import { outgoingMessageMachine } from './machine.ts';
import { backoffMs, doubtsAllowed, outboxLimits } from './settings.ts';

type Ending = Exclude<keyof (typeof outgoingMessageMachine)['moves'], 'claim' | 'retry'>;

interface End {
  readonly name: Ending;
  readonly by: 'provider' | 'system';
  readonly at: Date;
  readonly reason: string | null;
}

/** Ends a message. Its params, which may hold a code or a link, are forgotten. */
export function endMessage(row: OutgoingMessage, { name, by, at, reason }: End): void {
  assert(
    applyMove(outgoingMessageMachine, row, { name, by, at }),
    `message ${row.id} moves: ${name} from ${row.state}`,
  );
  row.params = {};
  row.unsubscribeUrl = null;
  row.claimedUntil = null;
  row.lastError = reason?.slice(0, outboxLimits.errorChars) ?? null;
}

/** After an attempt that did not get through: later again, unless it was tried or doubted often enough. */
export function retryOrFail(
  row: OutgoingMessage,
  { by, at, reason, afterMs }: { by: 'provider' | 'system'; at: Date; reason: string; afterMs: number },
): void {
  if (row.attempts >= outboxLimits.attemptsMax || row.doubts > doubtsAllowed(row)) {
    endMessage(row, { name: 'fail', by, at, reason });
    return;
  }
  assert(applyMove(outgoingMessageMachine, row, { name: 'retry', by, at }), `message ${row.id} is being sent`);
  const waitMs = Math.max(backoffMs(row.attempts), Math.min(afterMs, outboxLimits.retryAfterMaxMs));
  // At the latest when it expires, so that it is not kept any longer.
  row.dueAt = new Date(Math.min(at.getTime() + waitMs, row.expiresAt.getTime()));
  row.claimedUntil = null;
  row.lastError = reason.slice(0, outboxLimits.errorChars);
}
