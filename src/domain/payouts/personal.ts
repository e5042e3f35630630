import { sql } from 'kysely';
import { exportRowsMax, type PersonalData } from '../kernel/personal-data.ts';

export const payoutsPersonal: PersonalData = {
  async export({ sql: plain, userId }) {
    const { rows: payouts } = await sql`
      select id, kind, order_id as "orderId", state, method, amount_minor::text as "amountMinor", currency, provider,
             account, paid_at as "paidAt", created_at as "createdAt"
      from payout where user_id = ${userId} order by created_at desc, id desc limit ${exportRowsMax}`.execute(plain);
    const { rows: payoutDestinations } = await sql`
      select provider, account, ready, created_at as "createdAt" from payout_destination
      where user_id = ${userId}`.execute(plain);
    return { payouts, payoutDestinations };
  },
  async blockers(tx, userId) {
    const { rows } = await sql<{ what: string }>`
      select distinct 'payouts' as what from payout
      where user_id = ${userId} and state in ('pending', 'processing')`.execute(tx.sql);
    return rows.map(({ what }) => what);
  },
  /** What was paid is kept for the books. */
  async forget(tx, userId) {
    await sql`delete from payout_destination where user_id = ${userId}`.execute(tx.sql);
    await sql`update payout set account = 'forgotten' where user_id = ${userId} and account is not null`.execute(
      tx.sql,
    );
  },
};
