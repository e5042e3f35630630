import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Harness, TestUser } from '../support/harness.ts';
import { bankReports, createMarket, pay, travel, type Till } from '../payments/bank.ts';
import { listingOf, pickup, stockOf } from './stall.ts';

let market: Harness;
let till: Till;
beforeAll(async () => {
  ({ market, till } = await createMarket());
});
afterAll(() => market.close());

interface Deal {
  readonly seller: TestUser;
  readonly buyer: TestUser;
  readonly listingId: string;
  readonly offerId: string;
}

async function agreed(quantity = 2, on?: Pick<Deal, 'seller' | 'listingId'>): Promise<Deal> {
  const seller = on?.seller ?? (await market.user());
  const listingId = on?.listingId ?? (await listingOf(market, seller, { quantity: 3 }));
  const buyer = await market.user();
  const offer = await market.ok(buyer, 'offers.make', { listingId, quantity, amountMinor: 2_000 });
  await market.ok(seller, 'offers.accept', { offerId: offer.id, round: offer.round });
  return { seller, buyer, listingId, offerId: offer.id };
}

test('an accepted offer becomes an order at the agreed price with the units it kept aside', async () => {
  const { seller, buyer, listingId, offerId } = await agreed();
  const group = await market.ok(buyer, 'offers.checkout', { offerId, ...pickup });
  expect(group).toMatchObject({
    totalMinor: 4_000,
    orders: [{ offerId, lines: [{ unitPriceMinor: 2_000, quantity: 2 }] }],
  });
  expect(await stockOf(market, listingId)).toMatchObject({ quantity: 3, reserved: 2 });
  expect(await market.ok(seller, 'offers.get', { offerId })).toMatchObject({ state: 'consumed' });
  await pay(market, { seller, buyer, listingId, groupId: group.id, orderId: group.orders[0].id });
  await bankReports(market, till);
  expect(await stockOf(market, listingId)).toMatchObject({ quantity: 1, reserved: 0 });
});

test('checking out five times at once makes one order', async () => {
  const { buyer, listingId, offerId } = await agreed();
  const tries = [1, 2, 3, 4, 5].map(() => market.call(buyer, 'offers.checkout', { offerId, ...pickup }));
  expect((await Promise.all(tries)).filter(({ ok }) => ok)).toHaveLength(1);
  expect(await stockOf(market, listingId)).toMatchObject({ quantity: 3, reserved: 2 });
});

test('only its buyer checks an offer out, and only in time', async () => {
  const { seller, buyer, offerId } = await agreed();
  const checkout = (who: TestUser) => market.fails(who, 'offers.checkout', { offerId, ...pickup });
  expect(await checkout(seller)).toBe('offers.not_your_turn');
  expect(await checkout(await market.user())).toBe('offers.not_found');
  travel(market, 900_001);
  expect(await checkout(buyer)).toBe('offers.expired');
});

test('an expired checkout gives back the units that its offer had kept aside', async () => {
  const { buyer, listingId, offerId } = await agreed();
  await market.ok(buyer, 'offers.checkout', { offerId, ...pickup });
  travel(market, 900_001);
  await market.runJob('orders.expireUnpaid');
  expect(await stockOf(market, listingId)).toMatchObject({ quantity: 3, reserved: 0 });
});

test('an offer and buyers at once never sell more than there is', async () => {
  const first = await agreed(2);
  const buyers = await Promise.all([1, 2, 3].map(() => market.user()));
  const { listingId, offerId } = first;
  const replies = await Promise.all([
    market.call(first.buyer, 'offers.checkout', { offerId, ...pickup }),
    ...buyers.map((buyer) => market.call(buyer, 'orders.place', { listingId, quantity: 1, ...pickup })),
  ]);
  expect(replies.filter(({ ok }) => ok)).toHaveLength(2);
  expect(await stockOf(market, listingId)).toMatchObject({ quantity: 3, reserved: 3 });
});

test('the sale of the last unit supersedes the open offers', async () => {
  const seller = await market.user();
  const listingId = await listingOf(market, seller, { quantity: 1 });
  const [hopeful, buyer] = [await market.user(), await market.user()];
  const { id: offerId } = await market.ok(hopeful, 'offers.make', { listingId, quantity: 1, amountMinor: 1_000 });
  const group = await market.ok(buyer, 'orders.place', { listingId, quantity: 1, ...pickup });
  await pay(market, { seller, buyer, listingId, groupId: group.id, orderId: group.orders[0].id });
  await bankReports(market, till);
  expect(await market.ok(hopeful, 'offers.get', { offerId })).toMatchObject({ state: 'superseded' });
});
