import { sql } from 'kysely';
import { z } from 'zod';
import { sqlNow } from '../../kernel/clock.ts';
import { defineCommand } from '../../kernel/define.ts';
import { UserId } from '../../kernel/ids.ts';
import { StreamId } from '../entities.ts';

// Guests have no identity that could be counted once; they are in the viewer count and the peak only.
export const recordView = defineCommand({
  name: 'streams.recordView',
  access: 'system',
  summary: 'Note the first time that a person joins a stream on air.',
  input: z.strictObject({ id: StreamId, userId: UserId.nullable() }),
  output: z.object({}),
  errors: [],
  async run({ input: { id, userId }, tx }) {
    if (userId === null) return {};
    await sql`
      insert into stream_member as m (stream_id, user_id, viewed_at)
      select id, ${userId}, ${sqlNow(tx.clock)} from stream where id = ${id} and state in ('live', 'interrupted')
      on conflict (stream_id, user_id) do update set viewed_at = excluded.viewed_at where m.viewed_at is null`.execute(
      tx.sql,
    );
    return {};
  },
});
