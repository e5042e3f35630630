import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Harness } from '../support/harness.ts';
import { bankReports, createMarket, paid, pay, purchase, type Till } from '../payments/bank.ts';
import { promoOf } from '../promos/promo.ts';
import { listingOf, pickup } from './stall.ts';

let market: Harness;
let till: Till;
beforeAll(async () => {
  ({ market, till } = await createMarket());
});
afterAll(() => market.close());

test('the timeline of an order has every move with its side, the same for both, and for nobody else', async () => {
  const { seller, buyer, orderId } = await paid(market, till);
  await market.ok(seller, 'orders.accept', { orderId });
  const { items } = await market.ok(buyer, 'orders.timeline', { orderId });
  expect(items.map(({ move, from, to, by }: any) => [move, from, to, by])).toEqual([
    ['place', null, 'awaiting_payment', 'buyer'],
    ['pay', 'awaiting_payment', 'placed', 'system'],
    ['accept', 'placed', 'accepted', 'seller'],
  ]);
  expect(await market.ok(seller, 'orders.timeline', { orderId })).toEqual({ items });
  expect(await market.fails(await market.user(), 'orders.timeline', { orderId })).toBe('orders.not_found');
});

test('a purchase tells its buyer what it consists of and what is left to pay', async () => {
  const [seller, buyer] = [await market.user(), await market.user()];
  const listingId = await listingOf(market, seller);
  const { code } = await promoOf(market);
  const placed = await market.ok(buyer, 'orders.place', { listingId, quantity: 2, ...pickup, promo: code });
  const group = await market.ok(buyer, 'orders.getGroup', { orderGroupId: placed.id });
  expect(group).toMatchObject({
    goodsMinor: 5_000,
    deliveryMinor: 0,
    discountMinor: 500,
    totalMinor: 4_500,
    walletMinor: 0,
    restMinor: 4_500,
    refundedMinor: 0,
    orders: [{ allowedActions: ['payments.start', 'orders.cancel'], isProtected: false }],
  });
  await pay(market, { seller, buyer, listingId, groupId: group.id, orderId: group.orders[0].id });
  await bankReports(market, till);
  expect(await market.ok(buyer, 'orders.getGroup', { orderGroupId: placed.id })).toMatchObject({
    state: 'placed',
    orders: [{ state: 'placed', isProtected: true, protectedUntil: null }],
  });
});

test('a code that a late payment takes up again counts twice at most, and the discount stands', async () => {
  const [seller, buyer] = [await market.user(), await market.user()];
  const listingId = await listingOf(market, seller);
  const { admin, code } = await promoOf(market, { usesMax: 1 });
  const group = await market.ok(buyer, 'orders.place', { listingId, quantity: 1, ...pickup, promo: code });
  await pay(market, { seller, buyer, listingId, groupId: group.id, orderId: group.orders[0].id });
  market.clock.offsetMs += 900_001;
  await market.runJob('orders.expireUnpaid');
  const uses = async () => (await market.ok(admin, 'promos.list', { code })).items[0].uses;
  expect(await uses()).toBe(0);
  await bankReports(market, till);
  expect(await market.ok(buyer, 'orders.getGroup', { orderGroupId: group.id })).toMatchObject({
    state: 'placed',
    discountMinor: 250,
  });
  expect(await uses()).toBe(1);
  market.clock.offsetMs = 0;
});

test('the board has a seller’s open orders by state, the nearest deadline first', async () => {
  const seller = await market.user();
  const bought: string[] = [];
  for (let index = 0; index < 3; index += 1) {
    bought.push((await paid(market, till, { seller })).orderId);
    market.clock.offsetMs += 60_000;
  }
  await purchase(market, { seller });
  await market.ok(seller, 'orders.accept', { orderId: bought[1] });
  const { columns } = await market.ok(seller, 'orders.board', { ordersPerState: 1 });
  const column = (state: string) => columns.find((one: any) => one.state === state);
  expect(column('placed')).toMatchObject({ count: 2, orders: [{ id: bought[0] }] });
  expect(column('accepted')).toMatchObject({ count: 1, orders: [{ id: bought[1], role: 'seller' }] });
  expect(column('awaiting_payment')).toMatchObject({ count: 1 });
  expect(column('disputed')).toEqual({ state: 'disputed', count: 0, orders: [] });
  const stranger = await market.ok(await market.user(), 'orders.board');
  expect(stranger.columns.every(({ count }: any) => count === 0)).toBe(true);
  market.clock.offsetMs = 0;
});

test('what is fetched from the seller cannot be packed for a hub', async () => {
  const { seller, orderId } = await paid(market, till);
  const accepted = await market.ok(seller, 'orders.accept', { orderId });
  expect(accepted.allowedActions).toEqual(['orders.readyForPickup']);
  expect(await market.fails(seller, 'orders.pack', { orderId })).toBe('orders.not_possible');
});
