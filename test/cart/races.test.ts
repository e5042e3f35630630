import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Harness, TestUser } from '../support/harness.ts';
import { listingOf, pickup, stockOf } from '../orders/stall.ts';
import { createMarket } from '../payments/bank.ts';

let market: Harness;
beforeAll(async () => {
  ({ market } = await createMarket());
});
afterAll(() => market.close());

const put = (as: TestUser, listingId: string, quantity = 1) => market.ok(as, 'cart.setItem', { listingId, quantity });

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
