import { sql } from 'kysely';
import { exportRowsMax, type PersonalData } from '../kernel/personal-data.ts';
import { openStates } from './machine.ts';

/** Nothing to forget: what was paid, and what providers told of it, is kept for the books and names nobody. */
export const paymentsPersonal: PersonalData = {
  async export({ sql: plain, userId }) {
    const { rows: payments } = await sql`
      select id, purpose, order_group_id as "orderGroupId", method, state, amount_minor::text as "amountMinor",
             currency, captured_minor::text as "capturedMinor", refunded_minor::text as "refundedMinor",
             created_at as "createdAt"
      from payment where payer_id = ${userId} order by created_at desc, id desc limit ${exportRowsMax}`.execute(plain);
    const { rows: refunds } = await sql`
      select r.id, r.payment_id as "paymentId", r.state, r.amount_minor::text as "amountMinor", r.currency,
             r.created_at as "createdAt"
      from refund r left join payment p on p.id = r.payment_id left join sub_order o on o.id = r.order_id
      where coalesce(p.payer_id, o.buyer_id) = ${userId} order by r.created_at desc, r.id desc
      limit ${exportRowsMax}`.execute(plain);
    return { payments, refunds };
  },
  async blockers(tx, userId) {
    const open = `{${openStates.join(',')}}`;
    const { rows } = await sql<{ what: string }>`
      select 'payments' as what from payment where payer_id = ${userId} and state = any(${open}::text[])
      union
      select 'refunds' from refund r join payment p on p.id = r.payment_id
      where p.payer_id = ${userId} and r.state in ('approved', 'submitted', 'pending')`.execute(tx.sql);
    return rows.map(({ what }) => what);
  },
};
