import { LockMode } from '@mikro-orm/core';
import { sql } from 'kysely';
import { z } from 'zod';
import { defineCommand, type Tx } from '../../kernel/define.ts';
import { addressBookPort } from '../channel.ts';
import { OutgoingMessageEntity, type OutgoingMessage } from '../entities.ts';
import { endMessage, retryOrFail } from '../moving.ts';
import { outboxLimits } from '../settings.ts';

const reason = z.string().max(1_000);

export const recordAttempt = defineCommand({
  name: 'outbox.record',
  access: 'system',
  summary: 'Record what became of an attempt to send a message.',
  input: z.strictObject({
    messageId: z.uuid(),
    attempt: z.int(),
    outcome: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('sent') }),
      z.strictObject({ kind: z.literal('retry'), reason, afterMs: z.int().min(0).optional() }),
      z.strictObject({ kind: z.enum(['unknown', 'unreachable', 'failed']), reason }),
    ]),
  }),
  output: z.object({}),
  errors: [],
  async run({ input: { messageId, attempt, outcome }, tx }) {
    const lockMode = LockMode.PESSIMISTIC_WRITE;
    const row = await tx.db.findOne(OutgoingMessageEntity, { id: messageId }, { lockMode });
    if (!row) return {};
    const at = await tx.now();
    const isCurrent = row.state === 'sending' && row.attempts === attempt;
    if (outcome.kind === 'sent') {
      // Also when its claim had ended: it has left, whatever was thought meanwhile.
      if (row.state === 'sending' || row.state === 'queued')
        endMessage(row, { name: 'send', by: 'provider', at, reason: null });
      await forgetRefusal(tx, row);
    } else if (!isCurrent) {
      return {};
    } else if (outcome.kind === 'unreachable') {
      endMessage(row, { name: 'refuse', by: 'provider', at, reason: outcome.reason });
      await rememberRefusal(tx, row, outcome.reason);
    } else if (outcome.kind === 'failed') {
      endMessage(row, { name: 'fail', by: 'provider', at, reason: outcome.reason });
    } else {
      if (outcome.kind === 'unknown') row.doubts += 1;
      const afterMs = outcome.kind === 'retry' ? (outcome.afterMs ?? 0) : 0;
      retryOrFail(row, { by: 'provider', at, reason: outcome.reason, afterMs });
    }
    return {};
  },
});

/** A dead push token is removed; notices leave other addresses alone for some days, in case their owner returns. */
async function rememberRefusal(tx: Tx, row: OutgoingMessage, why: string): Promise<void> {
  const { channel, recipient, userId } = row;
  if (channel === 'push') return tx.port(addressBookPort).removeDevice(tx, recipient);
  const until = new Date((await tx.now()).getTime() + outboxLimits.unreachableMs).toISOString();
  await sql`
    insert into unreachable_recipient (channel, recipient, user_id, reason, until)
    values (${channel}, ${recipient}, ${userId}, ${why.slice(0, outboxLimits.errorChars)}, ${until}::timestamptz)
    on conflict (channel, recipient) do update set reason = excluded.reason, until = excluded.until`.execute(tx.sql);
}

async function forgetRefusal(tx: Tx, { channel, recipient }: OutgoingMessage): Promise<void> {
  if (channel === 'push') return;
  await sql`delete from unreachable_recipient where channel = ${channel} and recipient = ${recipient}`.execute(tx.sql);
}
