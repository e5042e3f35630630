import { sql } from 'kysely';
import type { PersonalData } from '../kernel/personal-data.ts';

const exportMax = 1_000;

export const outboxPersonal: PersonalData = {
  async export({ sql: db, userId }) {
    const { rows } = await sql`
      select channel, recipient, template, state, created_at as "createdAt", updated_at as "updatedAt"
      from outgoing_message where user_id = ${userId} order by id desc limit ${exportMax}`.execute(db);
    return { outgoingMessages: rows };
  },
  /** What tells of the end itself still leaves; its address goes with it, later. */
  async forget({ sql: db }, userId) {
    await sql`
      delete from outgoing_message where user_id = ${userId} and template <> 'account.deleted'`.execute(db);
    await sql`delete from unreachable_recipient where user_id = ${userId}`.execute(db);
  },
};
