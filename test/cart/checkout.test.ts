import { afterAll, beforeAll, expect, test } from 'vitest';
import { accounts, postTransfer } from '../../src/domain/ledger/index.ts';
import type { Harness, TestUser } from '../support/harness.ts';
import { transact } from '../support/transact.ts';
import { createListing } from '../support/listings.ts';
import { listingOf, pickup, stockOf } from '../orders/stall.ts';
import { createMarket, travel } from '../payments/bank.ts';
import { promoOf } from '../promos/promo.ts';
import { filledCart, itemsOf } from './basket.ts';

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

/** Things of several sellers in one cart, at these prices. */
async function shopping(prices: readonly number[], currency = 'USD') {
  const buyer = await market.user();
  const listings: string[] = [];
  for (const priceMinor of prices) {
    const { id } = await createListing(market, await market.user(), { priceMinor, currency, quantity: 3 });
    await put(buyer, id);
    listings.push(id);
  }
  return { buyer, listings };
}

async function credit(user: TestUser, amountMinor: number, currency = 'USD') {
  await transact(market, (tx) =>
    postTransfer(tx, {
      kind: 'promo.credit',
      reference: crypto.randomUUID(),
      currency: currency as 'USD',
      postings: [
        { account: accounts.promo, amountMinor: -amountMinor },
        { account: accounts.available(user.actor.userId), amountMinor },
      ],
    }),
  );
}

async function purchases(user: TestUser): Promise<number> {
  const [row] = await market.database
    .fork()
    .getConnection()
    .execute<{ n: number }[]>('select count(*)::int as n from order_group where buyer_id = ?', [user.id]);
  return row!.n;
}

test('a cart becomes one group with an order for each seller, and is empty', async () => {
  const { buyer, listings } = await shopping([1_000, 250]);
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
  const { buyer, listings } = await shopping([1_000, 250, 5]);
  const replies = await Promise.all([1, 2, 3, 4, 5].map(() => market.call(buyer, 'cart.checkout', pickup)));
  expect(replies.filter(({ ok }) => ok)).toHaveLength(1);
  expect(new Set(replies.flatMap((reply) => (reply.ok ? [] : reply.error.code)))).toEqual(new Set(['cart.empty']));
  expect(await purchases(buyer)).toBe(1);
  for (const listingId of listings) expect(await stockOf(market, listingId)).toMatchObject({ reserved: 1 });
});

test('the same key checks out once, also at the same time', async () => {
  const { buyer } = await shopping([1_000]);
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
  const { buyer, listings } = await shopping([1_000]);
  const yen = await createListing(market, await market.user(), { priceMinor: 7, currency: 'JPY', quantity: 9 });
  await put(buyer, yen.id, 3);
  expect(await refused(buyer)).toBe('cart.mixed_currencies');
  expect(await checkout(buyer, { items: [{ listingId: yen.id, quantity: 3 }] })).toMatchObject({
    totalMinor: 21,
    currency: 'JPY',
  });
  expect(itemsOf(await market.ok(buyer, 'cart.get'))).toMatchObject([{ listingId: listings[0] }]);
});

test.each([
  { off: 100, goods: [100, 100, 100], parts: [34, 33, 33] },
  { off: 100, goods: [1, 1, 200], parts: [1, 0, 99] },
  { off: 1, goods: [1, 1, 1], parts: [1, 0, 0] },
  { off: 7, goods: [10, 20, 30], parts: [1, 2, 4] },
])('a discount of $off over $goods is spread exactly', async ({ off, goods, parts }) => {
  for (const currency of ['USD', 'JPY']) {
    const { code } = await promoOf(market, { discount: { kind: 'amount', amountMinor: off }, currency });
    const { buyer } = await shopping(goods, currency);
    const group = await checkout(buyer, { promo: code });
    const total = goods.reduce((sum, amount) => sum + amount, 0);
    expect(group).toMatchObject({
      goodsMinor: total,
      discountMinor: off,
      totalMinor: total - off,
      restMinor: total - off,
    });
    expect(group.orders.map(({ discountMinor }: any) => discountMinor)).toEqual(parts);
    for (const order of group.orders) expect(order.totalMinor).toBe(order.goodsMinor - order.discountMinor);
  }
});

test('a code is used once by a purchase, and free again when that ends unpaid or is cancelled', async () => {
  const { code } = await promoOf(market, { usesMax: 1 });
  const [one, two, three] = [await shopping([1_000]), await shopping([1_000]), await shopping([1_000])];
  await checkout(one.buyer, { promo: code });
  expect(await refused(two.buyer, { promo: code })).toBe('promos.used_up');
  expect(await market.ok(two.buyer, 'cart.get')).toMatchObject({ itemCount: 1 });
  travel(market, 900_001);
  await market.runJob('orders.expireUnpaid');
  const second = await checkout(two.buyer, { promo: code });
  await market.ok(two.buyer, 'orders.cancel', { orderId: second.orders[0].id });
  expect(await checkout(three.buyer, { promo: code })).toMatchObject({ discountMinor: 100 });
});

test('12 carts at once with a code of one use make one discounted purchase', async () => {
  const { code } = await promoOf(market, { usesMax: 1 });
  const seller = await market.user();
  const listingId = await listingOf(market, seller, { quantity: 500 });
  const buyers = await Promise.all(Array.from({ length: 12 }, () => market.user()));
  for (const buyer of buyers) await put(buyer, listingId);
  const replies = await Promise.all(
    buyers.map((buyer) => market.call(buyer, 'cart.checkout', { ...pickup, promo: code })),
  );
  expect(replies.filter(({ ok }) => ok)).toHaveLength(1);
  expect(await stockOf(market, listingId)).toMatchObject({ reserved: 1 });
});

test('the wallet pays its part, which is held until the group ends', async () => {
  const { buyer } = await shopping([1_000, 500]);
  expect(await refused(buyer, { walletMinor: 400 })).toBe('orders.wallet_insufficient');
  expect(await market.ok(buyer, 'cart.get')).toMatchObject({ itemCount: 2 });
  await credit(buyer, 400);
  expect(await checkout(buyer, { walletMinor: 400 })).toMatchObject({
    totalMinor: 1_500,
    walletMinor: 400,
    restMinor: 1_100,
    state: 'awaiting_payment',
  });
  const another = await filledCart(market);
  await put(buyer, another.listingId);
  expect(await refused(buyer, { walletMinor: 1 })).toBe('orders.wallet_insufficient');
  travel(market, 900_001);
  await market.runJob('orders.expireUnpaid');
  expect(await checkout(buyer, { walletMinor: 1 })).toMatchObject({ walletMinor: 1 });
});

test('what the wallet and a discount pay in full is placed at once, and the goods are sold', async () => {
  const { buyer, listings } = await shopping([1_000, 500]);
  const { code } = await promoOf(market, { discount: { kind: 'percent', bps: 5_000 } });
  await credit(buyer, 750);
  const group = await checkout(buyer, { promo: code, walletMinor: 5_000 });
  expect(group).toMatchObject({ state: 'placed', totalMinor: 750, walletMinor: 750, restMinor: 0 });
  expect(group.orders.map(({ state }: any) => state)).toEqual(['placed', 'placed']);
  for (const listingId of listings)
    expect(await stockOf(market, listingId)).toEqual({ quantity: 2, reserved: 0, state: 'active' });
});

test('a code for all of it leaves nothing to pay', async () => {
  const { buyer } = await shopping([1, 99]);
  const { code } = await promoOf(market, { discount: { kind: 'percent', bps: 10_000 } });
  expect(await checkout(buyer, { promo: code })).toMatchObject({ state: 'placed', totalMinor: 0, discountMinor: 100 });
});

test('cash is for what somebody brings', async () => {
  const { buyer } = await shopping([1_000]);
  expect(await refused(buyer, { paymentMethod: 'cod' })).toBe('orders.cod_needs_delivery');
});

test('an offer, a cart and buyers at once on the last unit: exactly one has it, and nothing deadlocks', async () => {
  for (let round = 0; round < 4; round += 1) {
    const seller = await market.user();
    const listingId = await listingOf(market, seller, { quantity: 1 });
    const other = await listingOf(market, await market.user(), { quantity: 50 });
    const people = await Promise.all(Array.from({ length: 10 }, () => market.user()));
    const [bargainer, ...rest] = people;
    const offer = await market.ok(bargainer!, 'offers.make', { listingId, quantity: 1, amountMinor: 2_000 });
    for (const person of rest.slice(0, 5)) {
      await put(person, listingId);
      await put(person, other);
    }
    const accepted = market
      .call(seller, 'offers.accept', { offerId: offer.id, round: offer.round })
      .then(() => market.call(bargainer!, 'offers.checkout', { offerId: offer.id, ...pickup }));
    const replies = await Promise.all([
      accepted,
      ...rest.slice(0, 5).map((person) => market.call(person, 'cart.checkout', pickup)),
      ...rest.slice(5).map((person) => market.call(person, 'orders.place', { listingId, quantity: 1, ...pickup })),
      market.runJob('cart.followUp').then(() => ({ ok: false as const, error: { code: 'none' } })),
    ]);
    expect(replies.flatMap((reply) => (reply.ok ? [] : reply.error.code))).not.toContain('internal');
    expect(replies.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await stockOf(market, listingId)).toMatchObject({ quantity: 1, reserved: 1 });
  }
});

test('carts with the same things in another order never deadlock', async () => {
  const seller = await market.user();
  const ids = await Promise.all([1, 2, 3, 4].map(() => listingOf(market, seller, { quantity: 100 })));
  const buyers = await Promise.all(Array.from({ length: 12 }, () => market.user()));
  for (const [index, buyer] of buyers.entries()) {
    for (const id of index % 2 ? ids : ids.toReversed()) await put(buyer, id);
  }
  const replies = await Promise.all(buyers.map((buyer) => market.call(buyer, 'cart.checkout', pickup)));
  expect(replies.every(({ ok }) => ok)).toBe(true);
  for (const id of ids) expect(await stockOf(market, id)).toMatchObject({ reserved: 12 });
});
