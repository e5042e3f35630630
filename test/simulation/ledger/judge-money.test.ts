import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Query } from '../../support/books.ts';
import { judgeMoney } from './judge-money.ts';
import { MarketDays } from './market-day.ts';
import type { Deed, Plan, Step } from './plan.ts';

// The judge of where money ended shows nothing unless it sees mistakes: each of these is made in the tables of a real
// history, and taken back.

let days: MarketDays;

const step = (deed: Deed, fields: Partial<Step> = {}): Step => ({
  do: deed,
  who: 0,
  which: 0,
  quantity: 2,
  share: 100,
  way: 'pickup',
  hasPromo: false,
  behaviour: 'succeed',
  payoutBehaviour: 'paid',
  objection: 'chargeback_lost',
  minutes: 1,
  atOnce: false,
  ...fields,
});
const steps = (count: number, fields: Partial<Step> = {}) =>
  Array.from({ length: count }, () => step('advance', fields));

const market = (walletMinor: number, history: readonly Step[]): Plan => ({
  currency: 'USD',
  stock: [6, 6],
  pricesMinor: [2_500, 999],
  walletMinor,
  steps: history,
});

const plans = [
  // Bought with a discount, received, a part given back, paid out to the bank.
  market(0, [
    step('onboard', { which: 2 }),
    step('place', { hasPromo: true }),
    ...steps(4),
    step('askBack', { share: 33 }),
    step('approve'),
    ...steps(2),
    step('sendPayouts'),
    ...[1, 2].map(() => step('bank')),
  ]),
  // Cash, counted one short, and a parcel that goes back.
  market(0, [step('place', { way: 'hub' }), ...steps(6, { way: 'hub', share: 33 }), step('closeDay', { share: 99 })]),
  // A top-up and an order that the bank takes back, the one spent, the other refunded before.
  market(5_000, [
    step('topUp', { which: 0 }),
    step('bank'),
    step('withdraw', { share: 100 }),
    step('object'),
    step('place', { share: 0 }),
    ...steps(1),
    step('reject'),
    step('jobs', { quantity: 1 }),
    step('object', { which: 1 }),
  ]),
];

beforeAll(async () => {
  days = await MarketDays.open();
  expect((await days.play(plans)).wrong).toEqual([]);
});
afterAll(() => days.market.close());

/** What the judge says of the tables with a change in them. */
async function judged(change: string): Promise<string> {
  let [changed, wrong] = [0, [] as string[]];
  const isBack = await days.market.database.sql
    .transaction()
    .execute(async (inside) => {
      const query: Query = async (text) => (await sql.raw(text).execute(inside)).rows as never;
      await query('alter table ledger_account drop constraint ledger_account_bound');
      for (const table of ['ledger_posting', 'ledger_transfer', 'ledger_account'])
        await query(`alter table ${table} disable trigger all`);
      changed = Number((await sql.raw(change).execute(inside)).numAffectedRows);
      wrong = await judgeMoney(query, null);
      throw new Error('back');
    })
    .catch((error: unknown) => error instanceof Error && error.message === 'back');
  expect(isBack && changed > 0).toBe(true);
  return wrong.join('\n');
}

const postingOf = (kind: string, code: string, limit = 'limit 1') => `
  ctid in (select p.ctid from ledger_posting p join ledger_transfer t on t.id = p.transfer_id
         join ledger_account a on a.id = p.account_id where t.kind = '${kind}' and a.code like '${code}' ${limit})`;
const lose = (kind: string, code: string) => `delete from ledger_posting where ${postingOf(kind, code)}`;

const mistakes: Record<string, [string, RegExp]> = {
  'a wallet is below zero': [
    `update ledger_account set balance_minor = -1 where code like 'user:%:available'`,
    /on the wrong side/,
  ],
  'money of an order is left over': [
    `update ledger_account set balance_minor = 1 where code like 'escrow:%'`,
    /is not empty at the end/,
  ],
  'one side of a transfer is lost': [lose('order.release', 'platform:fees'), /sum to[^]*paid another fee/],
  'the bank has taken what we never heard of': [
    `update sandbox_capture set amount_minor = amount_minor + 1`,
    /the bank holds/,
  ],
  'the bank has sent back more than we booked': [
    `update sandbox_refund set amount_minor = amount_minor + 1`,
    /the bank holds/,
  ],
  'the bank has paid out what failed for us': [
    `update payout set state = 'failed' where method = 'bank'`,
    /the bank says paid/,
  ],
  'the bank has given back what it took': [
    `update sandbox_chargeback set funds_withdrawn = false`,
    /the bank holds[^]*was given back and cost/,
  ],
  'a hub has handed in less': [`update hub_closing set counted_minor = 0, note = 'x'`, /hubs have handed in/],
  'a closing that was off is nobody’s loss': [lose('cash.remit', 'platform:losses'), /is not in the losses/],
  'cash was forgotten': [`update shipment set cash_minor = cash_minor + 1`, /of \d+ that was collected/],
  'a discount was not paid': [lose('order.fund', 'escrow:%'), /was not paid what it costs/],
  'a release is not explained': [lose('order.release', 'escrow:%'), /is not explained/],
  'a refunded order paid its seller': [
    `update sub_order set state = 'refunded' where state = 'completed'`,
    /came to nothing and paid its seller/,
  ],
  'a discount was not given back in part': [
    `update sub_order set total_minor = total_minor * 2, goods_minor = goods_minor + total_minor
     where state = 'completed' and discount_minor > 0`,
    /another share of its discount/,
  ],
  'an order tells of another refund': [
    `update sub_order set refunded_minor = 0 where refunded_minor > 0`,
    /told of other/,
  ],
  'a release was paid out twice': [
    `update payout set amount_minor = amount_minor * 2 where kind = 'release'`,
    /paid out are/,
  ],
  'the market bears what it need not': [
    `update ledger_posting set amount_minor = amount_minor - 1
     where ${postingOf('chargeback.take', 'platform:losses', '')}`,
    /cost \d+/,
  ],
  'a refund was approved after the bank had given the money': [
    `update ledger_transfer set at = at + interval '900 days' where kind = 'refund.reserve'`,
    /was given \(refund.reserve\) after chargeback/,
  ],
  'a promo counts a use less': [`update promo set uses = uses - 1 where uses > 0`, /counts 0 uses/],
  'an expired purchase has used a promo': [
    `update promo_use set returned_at = created_at`,
    /the use of a promo by group/,
  ],
};

test.each(Object.entries(mistakes))('the judge of money sees it when %s', async (_, [change, told]) => {
  expect(await judgeMoney(days.query, null)).toEqual([]);
  expect(await judged(change)).toMatch(told);
});
