import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { escrowSettingsPort } from '../../src/domain/escrow/index.ts';
import { accounts } from '../../src/domain/ledger/index.ts';
import { createMarket, paid, travel, type Till, refundAll } from '../payments/bank.ts';
import { stockOf } from '../orders/stall.ts';
import type { Harness, TestUser } from '../support/harness.ts';
import { chargebackFact as fact, debtOf, hear, lost, tell, theirs, walletOf, won } from './bank-objects.ts';
import { balance, dayMs, delivered, escrowOf, expectBooksToBalance, payoutOf, stateOf, type Bought } from './court.ts';

let market: Harness;
let till: Till;
beforeAll(async () => {
  ({ market, till } = await createMarket());
});
afterAll(() => market.close());
afterEach(() => expectBooksToBalance(market));

const reason = 'It does not light up';

async function released(fields: { seller?: TestUser } = {}): Promise<Bought> {
  const found = await delivered(market, till, fields);
  await market.ok(found.buyer, 'orders.confirmReceived', { orderId: found.orderId });
  await market.runJob('orders.complete');
  return found;
}

const reserveOf = ({ seller }: Bought) => balance(market, accounts.reserve(seller.actor.userId));

async function withReserve<T>(reserveBps: number, work: () => Promise<T>): Promise<T> {
  const before = market.ports.get(escrowSettingsPort);
  market.ports.bind(escrowSettingsPort, { ...before, reserveBps });
  try {
    return await work();
  } finally {
    market.ports.bind(escrowSettingsPort, before);
  }
}

test('an open chargeback freezes the order: nothing is released, refunded or asked back', async () => {
  const found = await delivered(market, till);
  const { buyer, orderId, paymentId } = found;
  await tell(market, fact(paymentId, { fundsWithdrawn: false }));
  travel(market, 8 * dayMs);
  await market.runJob('orders.autoReceive');
  await market.runJob('orders.complete');
  expect(await stateOf(market, found)).toBe('disputed');
  expect(await escrowOf(market, orderId)).toMatchObject({ state: 'frozen', returned: 0, released: 0 });
  expect(await market.fails(buyer, 'refunds.request', { orderId, reason })).toBe('refunds.chargeback_open');
  expect(await theirs(market, found)).toMatchObject({ state: 'needs_response', amountMinor: 2_500, takenMinor: 0 });
});

test('lost before the release, the money is gone out of escrow and the order ends', async () => {
  const found = await delivered(market, till);
  await tell(market, fact(found.paymentId));
  expect(await escrowOf(market, found.orderId)).toMatchObject({ state: 'frozen', returned: 2_500 });
  expect(await theirs(market, found)).toMatchObject({ takenMinor: 2_500 });
  await tell(market, fact(found.paymentId, lost));
  expect(await stateOf(market, found)).toBe('refunded');
  expect(await escrowOf(market, found.orderId)).toMatchObject({ state: 'refunded', returned: 2_500, released: 0 });
  expect(await payoutOf(market, found)).toBe(0);
  expect(await debtOf(market, found)).toBe(0);
});

test('lost before the goods have left, the order is cancelled and they are on sale again', async () => {
  const found = await paid(market, till);
  await tell(market, fact(found.paymentId, lost));
  expect(await stateOf(market, found)).toBe('cancelled');
  expect((await stockOf(market, found.listingId)).quantity).toBe(5);
});

test('won, the money is back in escrow and goes to the seller', async () => {
  const found = await delivered(market, till);
  await tell(market, fact(found.paymentId), fact(found.paymentId, won));
  await market.runJob('orders.complete');
  expect(await stateOf(market, found)).toBe('completed');
  expect(await escrowOf(market, found.orderId)).toMatchObject({ state: 'released', returned: 0, released: 2_500 });
  expect(await payoutOf(market, found)).toBe(2_375);
});

test('won while the provider still has the money, the order waits for it', async () => {
  const found = await delivered(market, till);
  await tell(market, fact(found.paymentId), fact(found.paymentId, { status: 'won' }));
  expect(await escrowOf(market, found.orderId)).toMatchObject({ state: 'frozen', returned: 2_500 });
  await tell(market, fact(found.paymentId, won));
  expect(await escrowOf(market, found.orderId)).toMatchObject({ state: 'held', returned: 0 });
});

test('an inquiry that is closed takes nothing', async () => {
  const found = await delivered(market, till);
  const inquiry = { status: 'warning_needs_response', fundsWithdrawn: false } as const;
  await tell(market, fact(found.paymentId, inquiry), fact(found.paymentId, { ...inquiry, status: 'warning_closed' }));
  await market.runJob('orders.complete');
  expect(await payoutOf(market, found)).toBe(2_375);
});

const histories = {
  lost: ['needs_response', 'under_review', 'lost'],
  won: ['needs_response', 'under_review', 'won'],
} as const;
const orders = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
] as const;

test.each(Object.keys(histories) as (keyof typeof histories)[])(
  'told twice and in any order, a chargeback that is %s moves money once',
  async (end) => {
    for (const order of orders) {
      const found = await delivered(market, till);
      const facts = order.map((index) => {
        const status = histories[end][index];
        return fact(found.paymentId, { status, fundsWithdrawn: status !== 'won' });
      });
      await tell(market, ...facts, ...facts);
      // A chargeback of which the first word is that it was won never touched the order.
      await market.call(found.buyer, 'orders.confirmReceived', { orderId: found.orderId });
      await market.runJob('orders.complete');
      const expected = end === 'lost' ? { returned: 2_500, released: 0 } : { returned: 0, released: 2_500 };
      expect(await escrowOf(market, found.orderId), order.join()).toMatchObject(expected);
      expect(await stateOf(market, found)).toBe(end === 'lost' ? 'refunded' : 'completed');
      expect(await theirs(market, found)).toMatchObject({ state: end, closedAt: expect.any(String) });
    }
  },
);

test('messages worked off by several workers at once move money once', async () => {
  const found = await delivered(market, till);
  await hear(market, ...Array.from({ length: 6 }, () => fact(found.paymentId)), fact(found.paymentId, lost));
  await Promise.all(Array.from({ length: 4 }, () => market.runJob('chargebacks.process')));
  expect(await escrowOf(market, found.orderId)).toMatchObject({ returned: 2_500, released: 0 });
  const { rows } = await sql`select from chargeback where payment_id = ${found.paymentId}`.execute(market.database.sql);
  expect(rows).toHaveLength(1);
});

test('a chargeback while the order is released: what was released is taken from the seller, once', async () => {
  const found = await delivered(market, till);
  await market.ok(found.buyer, 'orders.confirmReceived', { orderId: found.orderId });
  await hear(market, fact(found.paymentId));
  await Promise.all([market.runJob('orders.complete'), market.runJob('chargebacks.process')]);
  const { released: gone, returned } = await escrowOf(market, found.orderId);
  expect([returned, await debtOf(market, found)]).toEqual(gone > 0 ? [0, -2_500] : [2_500, 0]);
});

test('part of a payment charged back: the rest of the order is released', async () => {
  const found = await delivered(market, till);
  const part = { amountMinor: 700 };
  await tell(market, fact(found.paymentId, part), fact(found.paymentId, { ...part, ...lost }));
  await market.runJob('orders.complete');
  expect(await escrowOf(market, found.orderId)).toMatchObject({ state: 'split', returned: 700, released: 1_800 });
  expect(await payoutOf(market, found)).toBe(1_710);
});

test('after the payout the reserve pays, the rest is a debt, and the next release pays the debt', async () => {
  const found = await withReserve(1_000, () => released());
  expect([await reserveOf(found), await payoutOf(market, found)]).toEqual([238, 2_137]);
  await tell(market, fact(found.paymentId), fact(found.paymentId, lost));
  expect([await reserveOf(found), await debtOf(market, found)]).toEqual([0, -2_262]);
  expect(await stateOf(market, found)).toBe('completed');
  await released({ seller: found.seller });
  expect([await debtOf(market, found), await payoutOf(market, found)]).toEqual([0, 2_137 + 2_375 - 2_262]);
});

test('won after a release has paid the debt, the seller has it in the wallet', async () => {
  const found = await released();
  await tell(market, fact(found.paymentId));
  expect(await debtOf(market, found)).toBe(-2_500);
  await released({ seller: found.seller });
  expect(await debtOf(market, found)).toBe(-125);
  await tell(market, fact(found.paymentId, won));
  expect([await debtOf(market, found), await walletOf(market, found.seller)]).toEqual([0, 2_375]);
});

test('won, the reserve has back what it gave', async () => {
  const found = await withReserve(1_000, () => released());
  await tell(market, fact(found.paymentId), fact(found.paymentId, won));
  expect([await reserveOf(found), await debtOf(market, found), await walletOf(market, found.seller)]).toEqual([
    238, 0, 0,
  ]);
});

test('two chargebacks beside a refund share what is left of the payment, and the market bears the rest', async () => {
  const found = await delivered(market, till);
  const { buyer, seller, orderId, paymentId } = found;
  const asked = await market.ok(buyer, 'refunds.request', { orderId, amountMinor: 1_000, reason });
  await market.ok(seller, 'refunds.approve', { refundRequestId: asked.id });
  await refundAll(market, till);
  const half = { ...lost, amountMinor: 1_250 };
  // Both are heard of before the bank takes the money of either: 15.00 are left of the order for 25.00.
  await tell(market, fact(paymentId, { amountMinor: 1_250, fundsWithdrawn: false }));
  await tell(market, fact(paymentId, { amountMinor: 1_250, fundsWithdrawn: false, providerRef: `dp2_${paymentId}` }));
  await tell(market, fact(paymentId, half), fact(paymentId, { ...half, providerRef: `dp2_${paymentId}` }));
  const admin = await market.user({ roles: ['admin'] });
  const { items } = await market.ok(admin, 'chargebacks.list', { as: 'staff', limit: 2 });
  const all = items.map(({ state, lossesMinor, shares }: any) => [state, lossesMinor, shares[0].escrowMinor]);
  expect(all.toSorted()).toEqual([
    ['lost', 0, 1_250],
    ['lost', 1_000, 250],
  ]);
  expect(await escrowOf(market, orderId)).toMatchObject({ state: 'refunded', returned: 2_500 });
});

test('after the release a seller owes no more than the order has brought, by all chargebacks together', async () => {
  const found = await delivered(market, till);
  const { buyer, seller, orderId, paymentId } = found;
  const asked = await market.ok(buyer, 'refunds.request', { orderId, amountMinor: 1_000, reason });
  await market.ok(seller, 'refunds.approve', { refundRequestId: asked.id });
  await market.ok(buyer, 'orders.confirmReceived', { orderId });
  await market.runJob('orders.complete');
  const half = { ...lost, amountMinor: 1_250 };
  await tell(market, fact(paymentId, half), fact(paymentId, { ...half, providerRef: `dp2_${paymentId}` }));
  expect(await debtOf(market, found)).toBe(-1_500);
});

test('a chargeback of another amount than before is refused, and people hear of it', async () => {
  const found = await delivered(market, till);
  await tell(market, fact(found.paymentId, { amountMinor: 1_000, fundsWithdrawn: false }));
  till.refusals.length = 0;
  await tell(market, fact(found.paymentId, { amountMinor: 2_000 }));
  expect(till.refusals).toMatchObject([{ provider: 'sandbox', reason: 'amount_mismatch' }]);
  expect(await escrowOf(market, found.orderId)).toMatchObject({ returned: 0 });
});

test('what contradicts the end of a chargeback is refused, and people hear of it', async () => {
  const [first, second] = [await delivered(market, till), await delivered(market, till)];
  const closed = { status: 'warning_closed', fundsWithdrawn: false } as const;
  await tell(market, fact(first.paymentId, won), fact(second.paymentId, closed));
  till.refusals.length = 0;
  // An old message is no contradiction.
  await tell(market, fact(first.paymentId));
  expect(till.refusals).toEqual([]);
  await tell(market, fact(first.paymentId, lost), fact(second.paymentId));
  expect(till.refusals.map((refusal) => refusal.reason)).toEqual(['decided_otherwise', 'decided_otherwise']);
});
