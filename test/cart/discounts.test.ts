import { afterAll, beforeAll, expect, test } from 'vitest';
import { accounts, balanceOf } from '../../src/domain/ledger/index.ts';
import type { Harness, TestUser } from '../support/harness.ts';
import { listingOf, pickup, stockOf } from '../orders/stall.ts';
import { createMarket, travel } from '../payments/bank.ts';
import { promoOf } from '../promos/promo.ts';
import { credit, filledCart, shopping } from './basket.ts';

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

test.each([
  { off: 100, goods: [100, 100, 100], parts: [34, 33, 33] },
  { off: 100, goods: [1, 1, 200], parts: [1, 0, 99] },
  { off: 1, goods: [1, 1, 1], parts: [1, 0, 0] },
  { off: 7, goods: [10, 20, 30], parts: [1, 2, 4] },
])('a discount of $off over $goods is spread exactly', async ({ off, goods, parts }) => {
  for (const currency of ['USD', 'JPY']) {
    const { code } = await promoOf(market, { discount: { kind: 'amount', amountMinor: off }, currency });
    const { buyer } = await shopping(market, goods, currency);
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
  const [one, two, three] = [
    await shopping(market, [1_000]),
    await shopping(market, [1_000]),
    await shopping(market, [1_000]),
  ];
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
  const { buyer } = await shopping(market, [1_000, 500]);
  expect(await refused(buyer, { walletMinor: 400 })).toBe('orders.wallet_insufficient');
  expect(await market.ok(buyer, 'cart.get')).toMatchObject({ itemCount: 2 });
  await credit(market, buyer, 400);
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
  const { buyer, listings } = await shopping(market, [1_000, 500]);
  const { code } = await promoOf(market, { discount: { kind: 'percent', bps: 5_000 } });
  await credit(market, buyer, 750);
  const group = await checkout(buyer, { promo: code, walletMinor: 5_000 });
  expect(group).toMatchObject({ state: 'placed', totalMinor: 750, walletMinor: 750, restMinor: 0 });
  expect(group.orders.map(({ state }: any) => state)).toEqual(['placed', 'placed']);
  for (const listingId of listings)
    expect(await stockOf(market, listingId)).toEqual({ quantity: 2, reserved: 0, state: 'active' });
});

test('a code for all of it leaves nothing to pay, and nothing to refund', async () => {
  const { buyer } = await shopping(market, [1, 99]);
  const { code } = await promoOf(market, { discount: { kind: 'percent', bps: 10_000 } });
  const spent = async () => balanceOf(market.database.sql, accounts.promo, 'USD');
  const before = await spent();
  const group = await checkout(buyer, { promo: code });
  expect(group).toMatchObject({ state: 'placed', totalMinor: 0, discountMinor: 100 });
  expect(await spent()).toBe(before - 100);
  for (const { id: orderId } of group.orders) await market.ok(buyer, 'orders.cancel', { orderId });
  await market.runJob('payments.settle');
  for (const { id: orderId } of group.orders) {
    expect(await market.ok(buyer, 'orders.get', { orderId })).toMatchObject({ state: 'cancelled', refund: null });
  }
  expect(await spent()).toBe(before);
});

test('an offer is checked out with a code and the wallet, too', async () => {
  const [seller, buyer] = [await market.user(), await market.user()];
  const listingId = await listingOf(market, seller);
  const offer = await market.ok(buyer, 'offers.make', { listingId, quantity: 1, amountMinor: 1_000 });
  await market.ok(seller, 'offers.accept', { offerId: offer.id, round: offer.round });
  const { code } = await promoOf(market);
  await credit(market, buyer, 300);
  const input = { offerId: offer.id, ...pickup, promo: code, walletMinor: 300 };
  expect(await market.ok(buyer, 'offers.checkout', input)).toMatchObject({
    goodsMinor: 1_000,
    discountMinor: 100,
    walletMinor: 300,
    restMinor: 600,
  });
});
