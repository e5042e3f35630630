import { sql, type RawBuilder } from 'kysely';
import { arrayOf, type Check, type Scope } from './check.ts';

// The journal against itself, and the balances against the journal.

const ofTransfers = (scope: Scope, column: RawBuilder<unknown>) =>
  scope === 'all' ? sql`true` : sql`${column} = any(${arrayOf(scope.transferIds)}::uuid[])`;
const ofAccounts = (scope: Scope) => (scope === 'all' ? sql`true` : sql`a.code = any(${arrayOf(scope.codes)}::text[])`);

const zeroSum: Check = {
  name: 'zero sum',
  of: 'transfers',
  pairs: (scope) => sql`
      select null::text as code, t.id as transfer_id, p.currency, 0 as expected, sum(p.amount_minor) as found,
             coalesce(sum(p.amount_minor), 1) <> 0 as wrong
      from ledger_transfer t left join ledger_posting p on p.transfer_id = t.id
      where ${ofTransfers(scope, sql`t.id`)} group by t.id, p.currency`,
};

/** Each posting carries the balance and the number after it. */
const chain: Check = {
  name: 'chain without gaps',
  of: 'postings',
  pairs: (scope) => sql`
      select a.code, p.transfer_id, p.currency, coalesce(before.balance_minor, 0) + p.amount_minor as expected,
             p.balance_minor as found,
             p.balance_minor <> coalesce(before.balance_minor, 0) + p.amount_minor
               or (before.version is null and p.version <> 1) or p.currency <> a.currency as wrong
      from ledger_posting p
      join ledger_account a on a.id = p.account_id
      left join ledger_posting before on before.account_id = p.account_id and before.version = p.version - 1
      where ${ofTransfers(scope, sql`p.transfer_id`)}`,
};

/**
 * Of everything: each balance is the sum of the account's postings. Of a part: it is what the last of them says, which
 * is the same as long as the chain has no gap, and does not read the whole history of a busy account.
 */
const balances: Check = {
  name: 'balance = journal',
  of: 'accounts',
  pairs: (scope) => sql`
      select a.code, null::uuid as transfer_id, a.currency, coalesce(j.balance, 0) as expected,
             a.balance_minor as found,
             a.balance_minor <> coalesce(j.balance, 0) or a.version <> coalesce(j.version, 0) as wrong
      from ledger_account a left join ${journalOf(scope)} on ${scope === 'all' ? sql`j.account_id = a.id` : sql`true`}
      where ${ofAccounts(scope)}`,
};

function journalOf(scope: Scope): RawBuilder<unknown> {
  if (scope === 'all')
    return sql`(select account_id, sum(amount_minor) as balance, count(*) as version from ledger_posting
                group by account_id) j`;
  return sql`lateral (select p.balance_minor as balance, p.version from ledger_posting p
                      where p.account_id = a.id order by p.version desc limit 1) j`;
}

const bounds: Check = {
  name: 'bounds',
  of: 'accounts',
  pairs: (scope) => sql`
      select a.code, null::uuid as transfer_id, a.currency, 0 as expected, a.balance_minor as found,
             a.side * a.balance_minor < 0 as wrong
      from ledger_account a where ${ofAccounts(scope)}`,
};

export const journalChecks: readonly Check[] = [zeroSum, chain, balances, bounds];
