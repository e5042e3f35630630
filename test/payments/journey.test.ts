import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Harness } from '../support/harness.ts';
import { stockOf } from '../orders/stall.ts';
import { bankReports, createMarket, pay, purchase, type Till } from './bank.ts';

let market: Harness;
let till: Till;
beforeAll(async () => {
  ({ market, till } = await createMarket());
});
afterAll(() => market.close());

test('an order goes from placing to completed, and both sides are told each step with their own view', async () => {
  const bought = await purchase(market, { quantity: 3 });
  const { buyer, seller, orderId, listingId } = bought;
  const paymentId = await pay(market, bought);
  expect(await market.ok(buyer, 'payments.get', { paymentId })).toMatchObject({ state: 'processing' });
  await bankReports(market, till);
  expect(await market.ok(buyer, 'payments.get', { paymentId })).toMatchObject({
    state: 'captured',
    capturedMinor: 2_500,
  });
  expect(await stockOf(market, listingId)).toEqual({ quantity: 2, reserved: 0, state: 'active' });
  expect(await market.ok(seller, 'orders.get', { orderId })).toMatchObject({
    state: 'placed',
    allowedActions: ['orders.accept', 'orders.reject'],
    pickupCode: null,
  });
  await market.ok(seller, 'orders.accept', { orderId });
  const ready = await market.ok(seller, 'orders.readyForPickup', { orderId });
  expect(ready).toMatchObject({ pickupCode: null, allowedActions: ['orders.handOver'] });
  const { pickupCode } = await market.ok(buyer, 'orders.get', { orderId });
  await market.ok(seller, 'orders.handOver', { orderId, pickupCode });
  await market.ok(buyer, 'orders.confirmReceived', { orderId });
  await market.runJob('orders.complete');
  const kinds = ['created', 'placed', 'accepted', 'ready_for_pickup', 'delivered', 'received', 'completed'];
  for (const [user, role] of [
    [buyer, 'buyer'],
    [seller, 'seller'],
  ] as const) {
    const told = (await market.inboxOf(user)).filter(({ type }) => type === 'order.changed');
    expect(told.map(({ data }) => data.change.kind)).toEqual(kinds);
    expect(told.map(({ data }) => data.version)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(new Set(told.map(({ data }) => data.role))).toEqual(new Set([role]));
  }
  const payments = (await market.inboxOf(buyer)).filter(({ type }) => type === 'payment.changed');
  expect(payments.map(({ data }) => data.change.kind)).toEqual(['created', 'processing', 'captured']);
  expect((await market.inboxOf(seller)).filter(({ type }) => type === 'payment.changed')).toEqual([]);
});
