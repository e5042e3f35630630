import { sql } from 'kysely';
import { forgetAnswers } from '../kernel/idempotency.ts';
import { forgetInbox } from '../kernel/inbox.ts';
import { exportRowsMax, type PersonalData } from '../kernel/personal-data.ts';
import { AccountEntity, SessionEntity } from './entities.ts';
import { adminUserView, sessionView } from './views.ts';

/** The account itself is emptied by `endAccount`; here goes what hangs on it. */
export const identityPersonal: PersonalData = {
  async export({ db, sql: plain, userId }) {
    const account = await db.findOneOrFail(AccountEntity, { id: userId });
    const newest = { orderBy: { id: 'desc' }, limit: exportRowsMax } as const;
    const sessions = await db.find(SessionEntity, { userId }, newest);
    const { rows: origins } = await sql`
      select device, network, country, seen_at as "seenAt" from known_origin
      where user_id = ${userId} order by seen_at desc limit ${exportRowsMax}`.execute(plain);
    const { rows: notices } = await sql`
      select seq::int, type, at, data from inbox_event
      where user_id = ${userId} order by seq desc limit ${exportRowsMax}`.execute(plain);
    return {
      account: [adminUserView(account)],
      sessions: sessions.map((session) => sessionView(session, '')),
      knownOrigins: origins,
      inboxEvents: notices,
    };
  },
  async forget(tx, userId) {
    // Refresh tokens go with their sessions.
    await sql`delete from session where user_id = ${userId}`.execute(tx.sql);
    await sql`delete from known_origin where user_id = ${userId}`.execute(tx.sql);
    await sql`delete from one_time_code where user_id = ${userId}`.execute(tx.sql);
    await sql`delete from password_reset where user_id = ${userId}`.execute(tx.sql);
    const own = ['codes', 'contacts', 'export', 'proof'].map((what) => `${what}:${userId}`).join(',');
    await sql`delete from quota where key = any(${`{${own}}`}::text[])`.execute(tx.sql);
    await forgetInbox(tx.sql, userId);
    await forgetAnswers(tx.sql, userId);
  },
};
