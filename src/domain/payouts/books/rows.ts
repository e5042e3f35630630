import { sql, type RawBuilder } from 'kysely';
import { arrayOf, type Check, type Scope } from './check.ts';

// What accounts hold against the rows that explain it.

interface Explained {
  readonly name: string;
  /** Codes of the accounts, with the row's key as their second part. */
  readonly pattern: string;
  /** What each account should hold: `key`, `currency`, `amount`. `of` says which keys are looked at. */
  expected(of: (column: string) => RawBuilder<unknown>): RawBuilder<unknown>;
  /** The rows say the most that may be there, and not how much there is. */
  readonly atMost?: boolean;
}

const explained: readonly Explained[] = [
  {
    name: 'held of wallets',
    pattern: 'user:%:reserved',
    expected: (of) => sql`
      select user_id as key, currency, sum(amount_minor) as amount from ledger_hold
      where state = 'held' and ${of('user_id')} group by 1, 2`,
  },
  {
    name: 'escrow of orders',
    pattern: 'escrow:%',
    expected: (of) => sql`
      select order_id as key, currency, funded_minor - returned_minor - released_minor as amount from escrow
      where ${of('order_id')}`,
  },
  {
    name: 'refunds on their way',
    pattern: 'refund:%',
    expected: (of) => sql`
      select id as key, currency, amount_minor as amount from refund
      where (state in ('approved', 'submitted', 'pending') or held) and ${of('id')}`,
  },
  {
    name: 'captured by payments',
    pattern: 'payment:%',
    atMost: true,
    expected: (of) => sql`select id as key, currency, captured_minor as amount from payment where ${of('id')}`,
  },
  {
    name: 'payouts on their way',
    pattern: 'payout:%',
    expected: (of) => sql`
      select key, currency, sum(amount) as amount from (
        select user_id as key, currency, amount_minor as amount from payout
        where state in ('pending', 'processing') and ${of('user_id')}
        union all
        select seller_id, currency, payout_minor from escrow where payout_due and ${of('seller_id')}) due
      group by 1, 2`,
  },
  {
    name: 'reserves of sellers',
    pattern: 'reserve:%',
    atMost: true,
    expected: (of) => sql`
      select seller_id as key, currency, sum(reserve_minor) as amount from escrow
      where reserve_until is not null and ${of('seller_id')} group by 1, 2`,
  },
  {
    name: 'cash at hubs',
    pattern: 'cod:%',
    expected: (of) => sql`
      select p.source_id as key, e.currency, -sum(p.amount_minor) as amount
      from escrow_part p join escrow e using (order_id)
      where p.source = 'cash' and e.cash_state = 'collected' and ${of('p.source_id')} group by 1, 2`,
  },
];

function checkOf({ name, pattern, expected, atMost = false }: Explained): Check {
  return { name, of: 'accounts', pairs };

  function pairs(scope: Scope): RawBuilder<unknown> {
    const codes = scope === 'all' ? [] : scope.codes.filter((code) => matches(code, pattern));
    const keys = codes.map((code) => code.split(':')[1] ?? '');
    const of = (column: string) =>
      scope === 'all' ? sql`true` : sql`${sql.ref(column)} = any(${arrayOf(keys)}::uuid[])`;
    const wrong = atMost
      ? sql`coalesce(b.amount, 0) > coalesce(e.amount, 0)`
      : sql`coalesce(b.amount, 0) <> coalesce(e.amount, 0)`;
    return sql`
      select ${before(pattern)} || key || ${after(pattern)} as code, null::uuid as transfer_id, currency,
             coalesce(e.amount, 0) as expected, coalesce(b.amount, 0) as found, ${wrong} as wrong
      from (${expected(of)}) e full join (${booked(pattern, scope, codes)}) b using (key, currency)`;
  }
}

function booked(pattern: string, scope: Scope, codes: readonly string[]): RawBuilder<unknown> {
  const which = scope === 'all' ? sql`code like ${pattern}` : sql`code = any(${arrayOf(codes)}::text[])`;
  return sql`
    select split_part(code, ':', 2)::uuid as key, currency, sum(balance_minor) as amount
    from ledger_account where ${which} group by 1, 2`;
}

const before = (pattern: string): string => pattern.split('%')[0] ?? '';
const after = (pattern: string): string => pattern.split('%')[1] ?? '';
const matches = (code: string, pattern: string) => code.startsWith(before(pattern)) && code.endsWith(after(pattern));

/** What providers captured, by the journal and by the attempt; and what of it orders were funded with, by both. */
const captures: Check = {
  name: 'captures of payments',
  of: 'attempts',
  pairs(scope) {
    const codes = scope === 'all' ? [] : scope.codes.filter((code) => code.startsWith('payment:'));
    const ids = codes.map((code) => code.split(':')[1] ?? '');
    const of = (column: RawBuilder<unknown>) =>
      scope === 'all' ? sql`true` : sql`${column} = any(${arrayOf(ids)}::uuid[])`;
    const which = scope === 'all' ? sql`a.code like 'payment:%'` : sql`a.code = any(${arrayOf(codes)}::text[])`;
    return sql`
      select 'payment:' || key as code, null::uuid as transfer_id, currency,
             coalesce(r.captured, 0) - coalesce(f.funded, 0) as expected,
             coalesce(j.captured, 0) - coalesce(j.funded, 0) as found,
             coalesce(r.captured, 0) <> coalesce(j.captured, 0)
               or coalesce(f.funded, 0) <> coalesce(j.funded, 0) as wrong
      from (select id as key, currency, captured_minor as captured from payment
            where method not in ('cod', 'wallet') and ${of(sql`id`)}) r
      full join (
        select p.source_id as key, e.currency, sum(p.amount_minor) as funded
        from escrow_part p join escrow e using (order_id)
        where p.source = 'payment' and ${of(sql`p.source_id`)} group by 1, 2) f using (key, currency)
      full join (
        select split_part(a.code, ':', 2)::uuid as key, a.currency,
               sum(p.amount_minor) filter (where t.kind = 'payment.capture') as captured,
               -sum(p.amount_minor) filter (where t.kind = 'order.fund') as funded
        from ledger_account a
        join ledger_posting p on p.account_id = a.id join ledger_transfer t on t.id = p.transfer_id
        where ${which} group by 1, 2) j using (key, currency)`;
  },
};

export const rowChecks: readonly Check[] = [...explained.map(checkOf), captures];
