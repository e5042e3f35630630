import { afterAll, beforeAll, expect, test } from 'vitest';
import { bindTestPorts } from '../support/ports.ts';
import { createHarness, type Harness } from '../support/harness.ts';
import { listingOf, pickup, stockOf } from './stall.ts';

let market: Harness;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
});
afterAll(() => market.close());

test('placing an order keeps units aside, sets a deadline and tells both sides', async () => {
  const [seller, buyer] = [await market.user(), await market.user({ fullName: 'Asha' })];
  const listingId = await listingOf(market, seller);
  const group = await market.ok(buyer, 'orders.place', { listingId, quantity: 2, ...pickup });
  expect(group).toMatchObject({ state: 'awaiting_payment', totalMinor: 5_000, currency: 'USD' });
  expect(Date.parse(group.deadline)).toBeGreaterThan(Date.parse(group.serverNow));
  const [order] = group.orders;
  expect(order).toMatchObject({
    orderGroupId: group.id,
    role: 'buyer',
    state: 'awaiting_payment',
    deadline: group.deadline,
    pickupCode: null,
    lines: [{ listingId, title: 'Desk lamp', unitPriceMinor: 2_500, quantity: 2, totalMinor: 5_000 }],
    allowedActions: ['payments.start', 'orders.cancel'],
  });
  expect(await stockOf(market, listingId)).toMatchObject({ quantity: 5, reserved: 2 });
  const told = (await market.inboxOf(seller)).filter(({ type }) => type === 'order.changed');
  expect(told).toHaveLength(1);
  expect(told[0]?.data).toMatchObject({
    entity: 'order',
    role: 'seller',
    buyer: { id: buyer.id, fullName: 'Asha' },
    allowedActions: [],
    change: { kind: 'created' },
  });
});

test('20 buyers of the last unit at once make exactly one order', async () => {
  const seller = await market.user();
  const listingId = await listingOf(market, seller, { quantity: 1 });
  const buyers = await Promise.all(Array.from({ length: 20 }, () => market.user()));
  const replies = await Promise.all(
    buyers.map((buyer) => market.call(buyer, 'orders.place', { listingId, quantity: 1, ...pickup })),
  );
  expect(replies.filter(({ ok }) => ok)).toHaveLength(1);
  expect(new Set(replies.flatMap((reply) => (reply.ok ? [] : reply.error.code)))).toEqual(
    new Set(['orders.out_of_stock']),
  );
  expect(await stockOf(market, listingId)).toMatchObject({ quantity: 1, reserved: 1 });
});

test('nobody buys from themselves, what is not for sale, or more than there is', async () => {
  const [seller, buyer] = [await market.user(), await market.user()];
  const listingId = await listingOf(market, seller);
  const paused = await listingOf(market, seller);
  await market.ok(seller, 'listings.pause', { listingId: paused });
  expect(await market.fails(seller, 'orders.place', { listingId, quantity: 1, ...pickup })).toBe('orders.own_listing');
  expect(await market.fails(buyer, 'orders.place', { listingId: paused, quantity: 1, ...pickup })).toBe(
    'listings.not_found',
  );
  expect(await market.fails(buyer, 'orders.place', { listingId, quantity: 6, ...pickup })).toBe('orders.out_of_stock');
  expect(
    await market.fails(buyer, 'orders.place', { listingId, quantity: 1, ...pickup, delivery: { method: 'courier' } }),
  ).toBe('delivery.no_address');
  const dear = await listingOf(market, seller, { priceMinor: 900_000_000_000, quantity: 10 });
  expect(await market.fails(buyer, 'orders.place', { listingId: dear, quantity: 2, ...pickup })).toBe(
    'orders.too_large',
  );
  expect(await stockOf(market, listingId)).toMatchObject({ reserved: 0 });
});

test('the same idempotency key places one order', async () => {
  const [seller, buyer] = [await market.user(), await market.user()];
  const listingId = await listingOf(market, seller);
  const input = { listingId, quantity: 1, ...pickup, idempotencyKey: crypto.randomUUID() };
  const [first, second] = await Promise.all([
    market.ok(buyer, 'orders.place', input),
    market.ok(buyer, 'orders.place', input),
  ]);
  expect(second).toEqual(first);
  expect(await stockOf(market, listingId)).toMatchObject({ reserved: 1 });
});
