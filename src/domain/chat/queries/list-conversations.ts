import { sql } from 'kysely';
import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { cutPage, decodeCursor, page, pageInput } from '../../kernel/pagination.ts';
import { ConversationAnswer, describeConversations } from '../answers.ts';
import { ConversationEntity } from '../entities.ts';

/** Microseconds since the epoch, as text: a JavaScript date would cut them and the page after would repeat a row. */
const Key = z.tuple([z.string().regex(/^\d{1,17}$/), z.uuid()]);

export const listConversations = defineQuery({
  name: 'conversations.list',
  access: 'user',
  summary: 'Your conversations, latest activity first.',
  input: z.strictObject({ archived: z.boolean().default(false), ...pageInput }),
  output: page(ConversationAnswer),
  errors: [],
  async run({ input, actor, db, sql: kysely, port }) {
    const { archived, limit } = input;
    const after = decodeCursor(input.cursor, Key);
    const before = after
      ? sql`and (active_at, id) < (to_timestamp(0) + ${after[0]}::bigint * interval '1 microsecond', ${after[1]}::uuid)`
      : sql``;
    const order = sql`order by active_at desc, id desc limit ${limit + 1}`;
    const { rows } = await sql<{ id: string; at: string }>`
      select id::text, (extract(epoch from active_at) * 1000000)::bigint::text as at from (
        (select id, active_at from conversation
          where buyer_id = ${actor.userId} and buyer_archived = ${archived} ${before} ${order})
        union all
        (select id, active_at from conversation
          where seller_id = ${actor.userId} and seller_archived = ${archived} and last_seq > 0 ${before} ${order})
      ) as mine ${order}`.execute(kysely);
    const found = await db.find(ConversationEntity, { id: { $in: rows.map(({ id }) => id) as never[] } });
    const described = await describeConversations({ db, port }, actor.userId, found);
    const byId = new Map(described.map((conversation) => [conversation.id, conversation]));
    return cutPage(rows, limit, { item: ({ id }) => byId.get(id)!, key: ({ id, at }) => [at, id] });
  },
});
