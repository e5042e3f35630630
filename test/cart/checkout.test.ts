import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Harness, TestUser } from '../support/harness.ts';
import { createListing } from '../support/listings.ts';
import { listingOf, pickup, stockOf } from '../orders/stall.ts';
import { createMarket } from '../payments/bank.ts';
import { filledCart, itemsOf, shopping } from './basket.ts';

let market: Harness;
beforeAll(async () => {
  ({ market } = await createMarket());
});
afterAll(() => market.close());

const checkout = (as: TestUser, fields: Record<string, unknown> = {}) =>
  market.ok(as, 'cart.checkout', { ...pickup, ...fields });
const refused = (as: TestUser, fields: Record<string, unknown> = {}) =>
  market.fails(as, 'cart.checkout', { ...pickup, ...fields });
const put = (as: TestUser, listingId: string, quantity = 1) => market.ok(as, 'cart.setItem', { listingId, quantity });

async function purchases(user: TestUser): Promise<number> {
  const [row] = await market.database
    .fork()
    .getConnection()
    .execute<{ n: number }[]>('select count(*)::int as n from order_group where buyer_id = ?', [user.id]);
  return row!.n;
}

test('a cart becomes one group with an order for each seller, and is empty', async () => {
  const { buyer, listings } = await shopping(market, [1_000, 250]);
  const group = await checkout(buyer);
  expect(group).toMatchObject({ state: 'awaiting_payment', totalMinor: 1_250, currency: 'USD' });
  expect(group.orders.map((order: any) => [order.totalMinor, order.lines[0].listingId])).toEqual([
    [1_000, listings[0]],
    [250, listings[1]],
  ]);
  expect(await market.ok(buyer, 'cart.get')).toMatchObject({ itemCount: 0, version: 3 });
  expect((await market.inboxOf(buyer)).findLast(({ type }) => type === 'cart.changed')?.data).toMatchObject({
    itemCount: 0,
    change: { kind: 'ordered' },
  });
  for (const listingId of listings) expect(await stockOf(market, listingId)).toMatchObject({ reserved: 1 });
  expect(await refused(buyer)).toBe('cart.empty');
});

test('things of one seller are one order with a line each', async () => {
  const [seller, buyer] = [await market.user(), await market.user()];
  const [one, two] = [await listingOf(market, seller, { priceMinor: 3 }), await listingOf(market, seller)];
  await put(buyer, one, 2);
  await put(buyer, two);
  const { orders } = await checkout(buyer);
  expect(orders).toHaveLength(1);
  expect(orders[0]).toMatchObject({ totalMinor: 2_506, lines: [{ totalMinor: 6 }, { totalMinor: 2_500 }] });
});

test('the same cart checked out five times at once makes one group', async () => {
  const { buyer, listings } = await shopping(market, [1_000, 250, 5]);
  const replies = await Promise.all([1, 2, 3, 4, 5].map(() => market.call(buyer, 'cart.checkout', pickup)));
  expect(replies.filter(({ ok }) => ok)).toHaveLength(1);
  expect(new Set(replies.flatMap((reply) => (reply.ok ? [] : reply.error.code)))).toEqual(new Set(['cart.empty']));
  expect(await purchases(buyer)).toBe(1);
  for (const listingId of listings) expect(await stockOf(market, listingId)).toMatchObject({ reserved: 1 });
});

test('the same key checks out once, also at the same time', async () => {
  const { buyer } = await shopping(market, [1_000]);
  const input = { ...pickup, idempotencyKey: crypto.randomUUID() };
  const [first, second] = await Promise.all([1, 2].map(() => market.ok(buyer, 'cart.checkout', input)));
  expect(second).toEqual(first);
  expect(await purchases(buyer)).toBe(1);
});

test('two lines of one listing add up, against the cart and against the stock; the rest stays', async () => {
  const { buyer, listingId } = await filledCart(market, { quantity: 3 });
  await put(buyer, listingId, 3);
  const lines = (...quantities: number[]) => ({ items: quantities.map((quantity) => ({ listingId, quantity })) });
  expect(await refused(buyer, lines(2, 2))).toBe('cart.changed');
  const { orders } = await checkout(buyer, lines(1, 1));
  expect(orders[0].lines).toMatchObject([{ listingId, quantity: 2 }]);
  expect(await stockOf(market, listingId)).toMatchObject({ reserved: 2 });
  const rest = await market.ok(buyer, 'cart.get');
  expect(itemsOf(rest)).toMatchObject([{ quantity: 1, stockShort: null }]);
  expect((await market.ok(buyer, 'sync.snapshot')).state.cart).toEqual([rest]);
});

test('a price that rose reserves nothing and flags the cart at once; setting the item accepts it', async () => {
  const { seller, buyer, listingId } = await filledCart(market);
  const { listings } = { listings: [await listingOf(market, await market.user())] };
  await put(buyer, listings[0]!);
  await market.ok(seller, 'listings.update', { listingId, priceMinor: 2_501 });
  expect(await refused(buyer)).toBe('cart.changed');
  expect(await stockOf(market, listings[0]!)).toMatchObject({ reserved: 0 });
  const told = (await market.inboxOf(buyer)).at(-1)?.data;
  expect(itemsOf(told)[0]).toMatchObject({ priceMinor: 2_501, priceChanged: { fromMinor: 2_500 } });
  expect(await refused(buyer)).toBe('cart.changed');
  await put(buyer, listingId);
  expect(await checkout(buyer)).toMatchObject({ totalMinor: 5_001 });
});

test('a price that fell is taken as it is', async () => {
  const { seller, buyer, listingId } = await filledCart(market);
  await market.ok(seller, 'listings.update', { listingId, priceMinor: 1 });
  expect(await checkout(buyer)).toMatchObject({ totalMinor: 1 });
});

test('short stock, a pause or a block reserve nothing; what was told to be gone is left behind', async () => {
  const { seller, buyer, listingId } = await filledCart(market, { quantity: 1 });
  const other = await listingOf(market, await market.user());
  await put(buyer, other);
  await market.ok(await market.user(), 'orders.place', { listingId, quantity: 1, ...pickup });
  expect(await refused(buyer)).toBe('cart.changed');
  expect(await stockOf(market, other)).toMatchObject({ reserved: 0 });
  await market.ok(seller, 'listings.pause', { listingId });
  expect(await refused(buyer)).toBe('cart.changed');
  expect(await checkout(buyer)).toMatchObject({ totalMinor: 2_500 });
  expect(await market.ok(buyer, 'cart.get')).toMatchObject({ itemCount: 1 });
  const next = await filledCart(market);
  await market.ok(next.seller, 'blocks.add', { userId: next.buyer.id });
  expect(await refused(next.buyer)).toBe('cart.changed');
  expect(await stockOf(market, next.listingId)).toMatchObject({ reserved: 0 });
});

test('one checkout is in one currency, and leaves the others in the cart', async () => {
  const { buyer, listings } = await shopping(market, [1_000]);
  const yen = await createListing(market, await market.user(), { priceMinor: 7, currency: 'JPY', quantity: 9 });
  await put(buyer, yen.id, 3);
  expect(await refused(buyer)).toBe('cart.mixed_currencies');
  expect(await checkout(buyer, { items: [{ listingId: yen.id, quantity: 3 }] })).toMatchObject({
    totalMinor: 21,
    currency: 'JPY',
  });
  expect(itemsOf(await market.ok(buyer, 'cart.get'))).toMatchObject([{ listingId: listings[0] }]);
});

test('cash is for what somebody brings', async () => {
  const { buyer } = await shopping(market, [1_000]);
  expect(await refused(buyer, { paymentMethod: 'cod' })).toBe('orders.cod_needs_delivery');
});
