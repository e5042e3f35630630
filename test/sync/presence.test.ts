import { afterAll, beforeAll, expect, test } from 'vitest';
import { limits } from '../../src/domain/kernel/index.ts';
import { createHarness, type Harness, type TestUser } from '../support/harness.ts';
import { createListing } from '../support/listings.ts';
import { bindTestPorts } from '../support/ports.ts';
import { testConnection } from '../support/transport.ts';

let market: Harness;
let seller: TestUser;
let buyer: TestUser;
let stranger: TestUser;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
  [seller, buyer, stranger] = [await market.user(), await market.user(), await market.user()];
  const listing = await createListing(market, seller);
  await market.ok(buyer, 'conversations.open', { listingId: listing.id });
});
afterAll(() => market.close());

test('one watches only people one talks with; strangers and oneself are left out without a word', async () => {
  const userIds = [seller.id, stranger.id, buyer.id, crypto.randomUUID()];
  const connection = testConnection();
  const { items } = await market.ok(buyer, 'presence.watch', { userIds }, { connection });
  expect(items).toEqual([{ userId: seller.id, online: false, lastSeenAt: null }]);
  expect([...connection.rooms]).toEqual([`presence:${seller.id}`]);
  const { items: seen } = await market.ok(seller, 'presence.watch', { userIds }, { connection: testConnection() });
  expect(seen.map(({ userId }: { userId: string }) => userId)).toEqual([buyer.id]);
  const { items: none } = await market.ok(stranger, 'presence.watch', { userIds }, { connection: testConnection() });
  expect(none).toEqual([]);
});

test('one watches the other side of an order without having talked', async () => {
  const listing = await createListing(market, seller);
  const shopper = await market.user();
  await market.ok(shopper, 'orders.place', {
    listingId: listing.id,
    quantity: 1,
    delivery: { method: 'pickup' },
    paymentMethod: 'sandbox',
  });
  const userIds = [seller.id, buyer.id];
  const { items } = await market.ok(shopper, 'presence.watch', { userIds }, { connection: testConnection() });
  expect(items.map(({ userId }: { userId: string }) => userId)).toEqual([seller.id]);
});

test('an empty list stops watching', async () => {
  const connection = testConnection();
  await market.ok(buyer, 'presence.watch', { userIds: [seller.id] }, { connection });
  await market.ok(buyer, 'presence.watch', { userIds: [] }, { connection });
  expect(connection.rooms.size).toBe(0);
});

test('guests and lists beyond the bound are refused', async () => {
  const userIds = Array.from({ length: limits.presenceWatchMax + 1 }, () => crypto.randomUUID());
  const socket = { connection: testConnection() };
  expect(await market.fails(buyer, 'presence.watch', { userIds }, socket)).toBe('input.invalid');
  expect(await market.fails(null, 'presence.watch', { userIds: [] }, socket)).toBe('auth.required');
});
