import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Harness } from '../support/harness.ts';
import { createMarket, paid, travel, type Till } from '../payments/bank.ts';

let market: Harness;
let till: Till;
beforeAll(async () => {
  ({ market, till } = await createMarket());
});
afterAll(() => market.close());

test('five wrong pickup codes pause the hand-over, even for the right one; then it works', async () => {
  const { seller, buyer, orderId } = await paid(market, till);
  await market.ok(seller, 'orders.accept', { orderId });
  await market.ok(seller, 'orders.readyForPickup', { orderId });
  const { pickupCode } = await market.ok(buyer, 'orders.get', { orderId });
  const wrong = pickupCode === '000000' ? '000001' : '000000';
  const codes = await Promise.all(
    Array.from({ length: 5 }, () => market.fails(seller, 'orders.handOver', { orderId, pickupCode: wrong })),
  );
  expect(new Set(codes)).toEqual(new Set(['orders.wrong_code']));
  const reply = await market.call(seller, 'orders.handOver', { orderId, pickupCode });
  expect(reply.ok || reply.error).toMatchObject({ code: 'orders.code_locked', retryAfterMs: expect.any(Number) });
  travel(market, 15 * 60_000 + 1);
  expect(await market.ok(seller, 'orders.handOver', { orderId, pickupCode })).toMatchObject({ state: 'delivered' });
});

test('the seller never sees the pickup code, in answers, lists or events', async () => {
  const { seller, buyer, orderId } = await paid(market, till);
  await market.ok(seller, 'orders.accept', { orderId });
  const { pickupCode } = await market.ok(buyer, 'orders.get', { orderId });
  expect(pickupCode).toMatch(/^\d{6}$/);
  const seen = JSON.stringify([
    await market.ok(seller, 'orders.get', { orderId }),
    await market.ok(seller, 'orders.list', { as: 'seller' }),
    await market.inboxOf(seller),
  ]);
  expect(seen).toContain('"pickupCode":null');
  expect(seen).not.toContain(`"pickupCode":"`);
});
