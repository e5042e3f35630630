import { sql } from 'kysely';
import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { limits } from '../../kernel/limits.ts';
import { outboxLimits } from '../settings.ts';

export const pruneMessages = defineCommand({
  name: 'outbox.prune',
  access: 'system',
  summary: 'Delete messages that ended long ago, and memories of refusals past their time.',
  input: z.strictObject({}),
  output: z.object({ swept: z.int() }),
  errors: [],
  async run({ tx }) {
    const now = await tx.now();
    const before = new Date(now.getTime() - outboxLimits.keptDays * 86_400_000).toISOString();
    const messages = await sql`
      delete from outgoing_message where id in (
        select id from outgoing_message
        where state not in ('queued', 'sending') and updated_at < ${before}::timestamptz
        limit ${limits.sweepBatch})`.execute(tx.sql);
    await sql`delete from unreachable_recipient where until < ${now.toISOString()}::timestamptz`.execute(tx.sql);
    return { swept: Number(messages.numAffectedRows ?? 0) };
  },
});
