import { sql } from 'kysely';
import { exportRowsMax, type PersonalData } from '../kernel/personal-data.ts';

export const ledgerPersonal: PersonalData = {
  async export({ sql: plain, userId }) {
    const { rows: wallets } = await sql`
      select code, currency, balance_minor::text as "balanceMinor" from ledger_account
      where user_id = ${userId} order by code, currency`.execute(plain);
    const { rows: walletHistory } = await sql`
      select t.kind, t.reference, t.order_id as "orderId", t.at, a.code, p.currency,
             p.amount_minor::text as "amountMinor", p.balance_minor::text as "balanceMinor"
      from ledger_posting p
      join ledger_account a on a.id = p.account_id
      join ledger_transfer t on t.id = p.transfer_id
      where a.user_id = ${userId} order by t.at desc, p.account_id, p.version desc limit ${exportRowsMax}`.execute(
      plain,
    );
    const { rows: walletHolds } = await sql`
      select purpose, purpose_id as "purposeId", currency, amount_minor::text as "amountMinor", state,
             created_at as "createdAt"
      from ledger_hold where user_id = ${userId} order by created_at desc limit ${exportRowsMax}`.execute(plain);
    return { wallets, walletHistory, walletHolds };
  },
  /** Money that is with the market, or owed to it, keeps the account; the journal stays, under an id without a name. */
  async blockers(tx, userId) {
    const owed = [`payout:${userId}`, `reserve:${userId}`, `debt:${userId}`];
    const { rows } = await sql<{ what: string }>`
      select distinct case when code like 'debt:%' then 'debt' else 'wallet' end as what from ledger_account
      where balance_minor <> 0 and (user_id = ${userId} or code = any(${`{${owed.join(',')}}`}::text[]))`.execute(
      tx.sql,
    );
    return rows.map(({ what }) => what);
  },
};
