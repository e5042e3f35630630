import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHarness, type Harness, type TestUser } from '../support/harness.ts';
import { createListing } from '../support/listings.ts';
import { bindTestPorts } from '../support/ports.ts';
import { listingOf } from '../orders/stall.ts';
import { filledCart, itemsOf } from './basket.ts';

let market: Harness;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
});
afterAll(() => market.close());

const set = (as: TestUser, listingId: string, quantity: number) =>
  market.ok(as, 'cart.setItem', { listingId, quantity });

test('a cart is grouped by seller and currency, with exact sums', async () => {
  const [one, two, buyer] = [await market.user(), await market.user(), await market.user()];
  const lamp = await listingOf(market, one, { priceMinor: 333 });
  const chair = await listingOf(market, one, { priceMinor: 1 });
  const yen = await createListing(market, two, { priceMinor: 7, currency: 'JPY', quantity: 9 });
  await set(buyer, lamp, 3);
  await set(buyer, yen.id, 2);
  const view = await set(buyer, chair, 1);
  expect(view).toMatchObject({
    id: buyer.id,
    itemCount: 3,
    sellers: [
      { sellerId: one.id, currency: 'USD', subtotalMinor: 1_000, items: [{ listingId: lamp }, { listingId: chair }] },
      { sellerId: two.id, currency: 'JPY', subtotalMinor: 14 },
    ],
    totals: [
      { currency: 'USD', totalMinor: 1_000 },
      { currency: 'JPY', totalMinor: 14 },
    ],
  });
  expect(await market.ok(buyer, 'cart.get')).toEqual(view);
});

test('devices share one cart: setting is by quantity, 0 removes, and repeating it is no news', async () => {
  const { buyer, listingId } = await filledCart(market);
  const views = await Promise.all([set(buyer, listingId, 4), set(buyer, listingId, 4), set(buyer, listingId, 4)]);
  expect(new Set(views.map(({ version }) => version))).toEqual(new Set([2]));
  expect(await set(buyer, listingId, 0)).toMatchObject({ version: 3, itemCount: 0, sellers: [], totals: [] });
  expect(await set(buyer, listingId, 0)).toMatchObject({ version: 3 });
  const told = (await market.inboxOf(buyer)).filter(({ type }) => type === 'cart.changed');
  expect(told.map(({ data }) => [data.version, data.change.kind])).toEqual([
    [1, 'item_set'],
    [2, 'item_set'],
    [3, 'item_removed'],
  ]);
});

test('many listings put into one new cart at once are all there', async () => {
  const buyer = await market.user();
  const seller = await market.user();
  const ids = await Promise.all(Array.from({ length: 10 }, () => listingOf(market, seller)));
  await Promise.all(ids.map((id) => set(buyer, id, 1)));
  const view = await market.ok(buyer, 'cart.get');
  expect(view).toMatchObject({ version: 10, itemCount: 10 });
  expect(new Set(itemsOf(view).map(({ listingId }) => listingId))).toEqual(new Set(ids));
});

test('nobody puts in what is their own, hidden, of somebody who blocked them, or beyond one payment', async () => {
  const { seller, buyer, listingId } = await filledCart(market);
  const fails = (as: TestUser, id: string, quantity = 1) =>
    market.fails(as, 'cart.setItem', { listingId: id, quantity });
  expect(await fails(seller, listingId)).toBe('orders.own_listing');
  expect(await fails(buyer, crypto.randomUUID())).toBe('listings.not_found');
  const draft = await createListing(market, seller, { draft: true });
  expect(await fails(buyer, draft.id)).toBe('listings.not_found');
  const dear = await listingOf(market, seller, { priceMinor: 900_000_000_000 });
  expect(await fails(buyer, dear, 2)).toBe('orders.too_large');
  await market.ok(seller, 'listings.pause', { listingId });
  expect(await fails(buyer, listingId, 2)).toBe('listings.not_found');
  const other = await listingOf(market, seller);
  await market.ok(seller, 'blocks.add', { userId: buyer.id });
  expect(await fails(buyer, other)).toBe('orders.unavailable');
  // What is in already may always be taken out.
  expect(await set(buyer, listingId, 0)).toMatchObject({ itemCount: 0 });
});

test('a cleared cart is empty on every device, and clearing it again is no news', async () => {
  const { buyer } = await filledCart(market);
  const cleared = await market.ok(buyer, 'cart.clear');
  expect(cleared).toMatchObject({ version: 2, itemCount: 0, allowedActions: ['cart.setItem'] });
  expect(await market.ok(buyer, 'cart.clear')).toEqual(cleared);
  expect((await market.inboxOf(buyer)).at(-1)?.data).toMatchObject({ version: 2, change: { kind: 'cleared' } });
  expect(await market.ok(await market.user(), 'cart.clear')).toMatchObject({ version: 0, itemCount: 0 });
});
