import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Harness } from '../support/harness.ts';
import { pickup, stockOf } from '../orders/stall.ts';
import {
  bankReports,
  confirmAfterMs,
  createMarket,
  pay,
  purchase,
  refundAll,
  travel,
  type Purchase,
  type Till,
} from './bank.ts';

let market: Harness;
let till: Till;
beforeAll(async () => {
  ({ market, till } = await createMarket());
});
beforeEach(() => {
  till.behaviour = 'late';
});
afterEach(() => {
  till.behaviour = 'succeed';
});
afterAll(() => market.close());

async function expired(): Promise<Purchase & { paymentId: string }> {
  const bought = await purchase(market, { quantity: 1 });
  const paymentId = await pay(market, bought);
  travel(market, 900_001);
  await market.runJob('orders.expireUnpaid');
  await market.runJob('payments.settle');
  // The bank is asked to stop and cannot.
  await market.runJob('payments.poll');
  return { ...bought, paymentId };
}

const kindsOf = async (who: Purchase['buyer'], orderId: string) =>
  (await market.inboxOf(who)).filter(({ data }) => data.id === orderId).map(({ data }) => data.change.kind);

test('success after expiry with the stock still there places the order after all', async () => {
  const { buyer, seller, orderId, paymentId, listingId } = await expired();
  await bankReports(market, till);
  expect(await market.ok(buyer, 'payments.get', { paymentId })).toMatchObject({
    state: 'captured_late',
    capturedMinor: 2_500,
  });
  expect(await market.ok(seller, 'orders.get', { orderId })).toMatchObject({ state: 'placed', refund: null });
  expect(await kindsOf(seller, orderId)).toEqual(['created', 'expired', 'reinstated']);
  expect(await stockOf(market, listingId)).toEqual({ quantity: 0, reserved: 0, state: 'sold_out' });
});

test('success after expiry with the stock gone is refunded, and both are told', async () => {
  const { buyer, seller, orderId, paymentId, listingId } = await expired();
  till.behaviour = 'succeed';
  await market.ok(await market.user(), 'orders.place', { listingId, quantity: 1, ...pickup });
  await bankReports(market, till);
  expect(await market.ok(buyer, 'orders.get', { orderId })).toMatchObject({
    state: 'payment_expired',
    refund: { state: 'due', amountMinor: 2_500 },
  });
  await refundAll(market, till);
  for (const user of [buyer, seller]) {
    expect(await market.ok(user, 'orders.get', { orderId })).toMatchObject({
      state: 'payment_expired',
      refund: { state: 'refunded' },
    });
    expect(await kindsOf(user, orderId)).toEqual(['created', 'expired', 'paid_late', 'refund_started', 'refunded']);
  }
  expect(await market.ok(buyer, 'payments.get', { paymentId })).toMatchObject({
    state: 'captured_late',
    refundedMinor: 2_500,
  });
  expect(await stockOf(market, listingId)).toMatchObject({ quantity: 1, reserved: 1 });
});

test('success after a cancellation follows the money: the order is placed, and may be cancelled again', async () => {
  const bought = await purchase(market);
  const paymentId = await pay(market, bought);
  await market.ok(bought.buyer, 'orders.cancel', { orderId: bought.orderId });
  await market.runJob('payments.settle');
  expect(await market.ok(bought.buyer, 'payments.get', { paymentId })).toMatchObject({ state: 'cancelled' });
  travel(market, 60 * confirmAfterMs);
  await bankReports(market, till);
  expect(await market.ok(bought.buyer, 'orders.get', { orderId: bought.orderId })).toMatchObject({
    state: 'placed',
    allowedActions: ['orders.cancel'],
  });
});

test('money of an order that was paid before goes back', async () => {
  const bought = await purchase(market);
  const first = await pay(market, bought);
  await market.ok(bought.buyer, 'payments.cancel', { paymentId: first });
  till.behaviour = 'succeed';
  const second = await pay(market, bought);
  travel(market, 60 * confirmAfterMs);
  await bankReports(market, till);
  await refundAll(market, till);
  const states = await Promise.all(
    [first, second].map((paymentId) => market.ok(bought.buyer, 'payments.get', { paymentId })),
  );
  expect(states.reduce((sum, { capturedMinor }) => sum + capturedMinor, 0)).toBe(5_000);
  expect(states.reduce((sum, { refundedMinor }) => sum + refundedMinor, 0)).toBe(2_500);
  expect(await market.ok(bought.buyer, 'orders.get', { orderId: bought.orderId })).toMatchObject({
    state: 'placed',
    refund: null,
  });
});
