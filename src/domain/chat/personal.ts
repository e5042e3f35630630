import { sql } from 'kysely';
import { exportRowsMax, type PersonalData } from '../kernel/personal-data.ts';

/** Nothing to forget: a message belongs to whoever received it too, and its sender's name is read from the account. */
export const chatPersonal: PersonalData = {
  async export({ sql: plain, userId }) {
    const { rows: conversations } = await sql`
      select id, listing_id as "listingId", subject,
             case when buyer_id = ${userId} then 'buyer' else 'seller' end as role,
             created_at as "createdAt"
      from conversation where buyer_id = ${userId} or seller_id = ${userId}
      order by active_at desc, id desc limit ${exportRowsMax}`.execute(plain);
    const { rows: messages } = await sql`
      select m.id, m.conversation_id as "conversationId", m.seq, m.kind, m.text, m.at, m.removed_at as "removedAt"
      from conversation c join message m on m.conversation_id = c.id
      where (c.buyer_id = ${userId} or c.seller_id = ${userId}) and m.sender_id = ${userId}
      order by m.at desc, m.id desc limit ${exportRowsMax}`.execute(plain);
    return { conversations, messages };
  },
};
