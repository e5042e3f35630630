import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Harness } from '../support/harness.ts';
import { member, openShop, type Shop } from '../merchants/shop.ts';
import { createMarket, paid, purchase, travel, type Till } from '../payments/bank.ts';

let market: Harness;
let till: Till;
beforeAll(async () => {
  ({ market, till } = await createMarket());
});
afterAll(() => market.close());

const figures = ({ owner, merchantId }: Shop, input: object = {}) =>
  market.ok(owner, 'merchants.dashboard', { merchantId, ...input });

test('what was paid counts, and what was only ordered or called off does not', async () => {
  const shop = await openShop(market);
  const sold = await paid(market, till, { seller: shop.owner });
  const rejected = await paid(market, till, { seller: shop.owner });
  await market.ok(shop.owner, 'orders.reject', { orderId: rejected.orderId, reason: 'Broken' });
  await purchase(market, { seller: shop.owner });
  const told = await figures(shop);
  expect(told).toMatchObject({
    ordersByState: { placed: 1, rejected: 1, awaiting_payment: 1 },
    revenue: [{ currency: 'USD', orders: 1, grossMinor: 2_500 }],
    topListings: [{ listingId: sold.listingId, title: 'Desk lamp', unitsSold: 1, grossMinor: 2_500 }],
    listingsByState: { active: 3 },
    customers: 1,
    returningCustomers: 0,
  });
  expect(told.days).toEqual([{ day: told.end.slice(0, 10), currency: 'USD', orders: 1, grossMinor: 2_500 }]);
});

test('days before and after the asked ones are left out, and an end is not included', async () => {
  const shop = await openShop(market);
  await paid(market, till, { seller: shop.owner });
  travel(market, 40 * 86_400_000);
  expect((await figures(shop)).revenue).toEqual([]);
  const { start } = await figures(shop);
  const past = { start: new Date(Date.parse(start) - 30 * 86_400_000).toISOString(), end: start };
  expect((await figures(shop, past)).revenue).toEqual([{ currency: 'USD', orders: 1, grossMinor: 2_500 }]);
  market.clock.offsetMs = 0;
});

test('managers see the figures; staff, strangers and a removed manager do not', async () => {
  const shop = await openShop(market);
  const [manager, staff] = [await member(market, shop, 'manager'), await member(market, shop)];
  const ask = (as: typeof manager) => market.call(as, 'merchants.dashboard', { merchantId: shop.merchantId });
  expect(await ask(manager)).toMatchObject({ ok: true });
  for (const other of [staff, await market.user()]) {
    expect(await ask(other)).toMatchObject({ ok: false, error: { code: 'merchants.not_found' } });
  }
  await market.ok(shop.owner, 'merchantTeam.remove', { merchantId: shop.merchantId, userId: manager.id });
  expect(await ask(manager)).toMatchObject({ ok: false, error: { code: 'merchants.not_found' } });
});

test('a seller without a shop sees their own sales, and nobody one upside down or of years', async () => {
  const { seller } = await paid(market, till);
  expect((await market.ok(seller, 'merchants.dashboard')).revenue).toHaveLength(1);
  const [start, end] = ['2026-01-02T00:00:00.000Z', '2026-01-01T00:00:00.000Z'];
  expect(await market.fails(seller, 'merchants.dashboard', { start, end })).toBe('input.invalid');
  expect(await market.fails(seller, 'merchants.dashboard', { start: '2024-01-01T00:00:00.000Z' })).toBe(
    'input.invalid',
  );
});
