import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Books } from '../../support/books.ts';
import { judgeBooks } from '../../support/judge-books.ts';
import { MarketDays } from './market-day.ts';
import type { Deed, Plan, Step } from './plan.ts';

// Histories show nothing unless the judge sees mistakes: each of these is made in the rows of a real history.

let days: MarketDays;
let books: Books;
let stock: ReadonlyMap<string, number>;

const step = (deed: Deed, fields: Partial<Step> = {}): Step => ({
  do: deed,
  who: 0,
  which: 0,
  quantity: 1,
  share: 100,
  way: 'pickup',
  hasPromo: false,
  behaviour: 'succeed',
  payoutBehaviour: 'paid',
  objection: 'chargeback_won',
  minutes: 1,
  atOnce: false,
  ...fields,
});

/** One order is completed, one is rejected and refunded, one expires. */
const plan: Plan = {
  currency: 'USD',
  stock: [2, 4],
  pricesMinor: [2_500, 999],
  walletMinor: 1_000,
  steps: [
    step('place'),
    step('pay'),
    step('bank'),
    ...(['accept', 'ready', 'handOver', 'receive'] as const).map((deed) => step(deed)),
    step('place', { who: 1, which: 1 }),
    step('pay', { which: 1 }),
    step('bank'),
    step('reject', { which: 1 }),
    step('place', { who: 1, which: 1 }),
  ],
};

beforeAll(async () => {
  days = await MarketDays.open();
  const played = await days.play([plan]);
  expect(played).toMatchObject({ wrong: [], orders: 3 });
  books = played.books;
  stock = new Map(books.listings.map(({ id, quantity, sold }) => [id, quantity + sold]));
});
afterAll(() => days.market.close());

const judge = (rows: Partial<Books>) => judgeBooks({ ...books, ...rows }, { stock, isQuiet: true }).join('\n');

/** The same rows, but for the first that fits. */
function altered<Row>(rows: readonly Row[], fits: (row: Row) => boolean, change: (row: Row) => Row[]): Row[] {
  const index = rows.findIndex(fits);
  expect(index).toBeGreaterThanOrEqual(0);
  return rows.flatMap((row, at) => (at === index ? change(row) : [row]));
}

const accountOf = (prefix: string) => {
  const account = books.accounts.find(({ code }) => code.startsWith(prefix));
  expect(account).toBeDefined();
  return account!;
};

const mistakes: Record<string, [() => Partial<Books>, RegExp]> = {
  'a posting is lost': [
    () => ({
      postings: altered(
        books.postings,
        ({ account_id: id }) => id === accountOf('escrow:').id,
        () => [],
      ),
    }),
    /does not sum to zero[^]*its journal says/,
  ],
  'one side of a transfer got a unit more': [
    () => ({
      postings: altered(
        books.postings,
        () => true,
        (row) => [{ ...row, amount: String(BigInt(row.amount) + 1n) }],
      ),
    }),
    /does not sum to zero/,
  ],
  'a balance was written without a posting': [
    () => ({
      accounts: altered(
        books.accounts,
        () => true,
        (row) => [{ ...row, balance: `${row.balance}1` }],
      ),
    }),
    /its journal says/,
  ],
  'a transfer without its reference was posted a second time': [
    () => {
      const twice = books.transfers.find(({ kind }) => kind === 'order.fund')!;
      const id = crypto.randomUUID();
      const again = books.postings.filter((row) => row.transfer_id === twice.id);
      return {
        transfers: [...books.transfers, { ...twice, id }],
        postings: [...books.postings, ...again.map((row) => ({ ...row, transfer_id: id }))],
      };
    },
    /is there twice/,
  ],
  'two transfers took the same balance for their start': [
    () => ({
      postings: altered(
        books.postings,
        ({ version }) => version === 2,
        (row) => [{ ...row, version: 1 }],
      ),
    }),
    /are no chain/,
  ],
  'an account was spent below zero': [
    () => ({
      accounts: altered(
        books.accounts,
        ({ side }) => side === 1,
        (row) => [{ ...row, balance: '-1' }],
      ),
    }),
    /beyond its bound/,
  ],
  'an escrow was released and refunded': [
    () => ({
      escrows: altered(
        books.escrows,
        ({ state }) => state === 'released',
        (row) => [{ ...row, returned: row.funded }],
      ),
    }),
    /with -\d+ in it/,
  ],
  'money was released that the row does not know of': [
    () => ({
      escrows: altered(
        books.escrows,
        ({ state }) => state === 'released',
        (row) => [{ ...row, released: '0' }],
      ),
    }),
    /its row says/,
  ],
  'a refund was approved without reserving it': [
    () => ({
      refunds: altered(
        books.refunds,
        () => true,
        (row) => [{ ...row, state: 'approved' }],
      ),
    }),
    /has 0 reserved/,
  ],
  'refunds of one payment add up to more than it took': [
    () => ({ refunds: [...books.refunds, ...books.refunds.map((row) => ({ ...row, id: crypto.randomUUID() }))] }),
    /add up to/,
  ],
  'a payment counted a capture twice': [
    () => ({
      payments: altered(
        books.payments,
        ({ captured }) => captured !== '0',
        (row) => [{ ...row, captured: String(BigInt(row.captured) * 2n) }],
      ),
    }),
    /which the journal does not say/,
  ],
  'the bank took money of which the market never heard': [
    () => ({
      payments: altered(
        books.payments,
        () => true,
        (row) => [{ ...row, charged: `${row.charged}0` }],
      ),
    }),
    /the bank took/,
  ],
  'a hold was given back twice': [
    () => {
      const id = crypto.randomUUID();
      const user_id = crypto.randomUUID();
      const moves = ['wallet.hold', 'wallet.void', 'wallet.void'];
      const made = moves.map((kind) => ({ id: crypto.randomUUID(), kind, reference: id }));
      return {
        holds: [...books.holds, { id, user_id, currency: 'USD', amount: '5', state: 'voided' }],
        transfers: [...books.transfers, ...made],
      };
    },
    /was given back 2 times/,
  ],
  'held money is not in the reserved account': [
    () => ({
      accounts: [
        ...books.accounts,
        { ...accountOf('user:'), code: `user:${crypto.randomUUID()}:reserved`, balance: '7' },
      ],
    }),
    /its holds are 0/,
  ],
  'the last unit was sold to two people': [
    () => ({
      listings: altered(
        books.listings,
        () => true,
        (row) => [{ ...row, sold: row.sold + 1 }],
      ),
    }),
    /are there and \d+ are sold/,
  ],
  'a unit was never given back': [
    () => ({
      listings: altered(
        books.listings,
        () => true,
        (row) => [{ ...row, reserved: row.reserved + 1 }],
      ),
    }),
    /its reservations/,
  ],
};

test.each(Object.entries(mistakes))('the judge sees it when %s', (_, [make, told]) => {
  expect(judge({})).toBe('');
  expect(judge(make())).toMatch(told);
});
