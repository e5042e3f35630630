import { afterAll, beforeAll, expect, test } from 'vitest';
import { reviewLimits } from '../../src/domain/reviews/entities.ts';
import { createMarket, travel } from '../payments/bank.ts';
import { guest, type Harness, type TestUser } from '../support/harness.ts';
import { completedOrder, reviewed } from './completed-order.ts';

let market: Harness;
beforeAll(async () => {
  ({ market } = await createMarket());
});
afterAll(() => market.close());

const ratingOf = async (user: TestUser) => (await market.ok(guest, 'users.get', { userId: user.id })).rating;
const listed = async (user: TestUser) => (await market.ok(guest, 'reviews.list', { userId: user.id })).items;

test('a review is sealed to everybody but its author until the other side has written, then both open', async () => {
  const { buyer, seller, listingId, orderId, reviewId } = await reviewed(market, { byBuyer: 2 });
  expect(await listed(seller)).toEqual([]);
  expect(await ratingOf(seller)).toBeNull();
  expect((await market.inboxOf(seller)).filter(({ data }) => data.entity === 'review')).toEqual([]);
  await market.ok(seller, 'reviews.write', { orderId, rating: 5 });
  expect(await listed(seller)).toMatchObject([{ id: reviewId, rating: 2, author: { id: buyer.id } }]);
  expect(await listed(buyer)).toMatchObject([{ rating: 5, side: 'seller' }]);
  expect([await ratingOf(seller), await ratingOf(buyer)]).toEqual([
    { count: 1, mean: 2 },
    { count: 1, mean: 5 },
  ]);
  const listing = await market.ok(guest, 'listings.get', { listingId });
  expect(listing.rating).toEqual({ count: 1, mean: 2 });
  const { items } = await market.ok(guest, 'reviews.list', { listingId });
  expect(items).toMatchObject([{ id: reviewId }]);
  expect((await market.ok(guest, 'reviews.list', { listingId, rating: 5 })).items).toEqual([]);
});

test('a sealed review may be written anew; one that is due may not, and is revealed by the sweep', async () => {
  const { buyer, seller, orderId, reviewId } = await reviewed(market, { byBuyer: 1 });
  const again = await market.ok(buyer, 'reviews.write', { orderId, rating: 3 });
  expect(again).toMatchObject({ id: reviewId, rating: 3, comment: null, version: 2 });
  travel(market, reviewLimits.sealedMs);
  expect(await market.fails(buyer, 'reviews.write', { orderId, rating: 5 })).toBe('reviews.already_written');
  await market.runJob('reviews.reveal');
  expect(await ratingOf(seller)).toEqual({ count: 1, mean: 3 });
  await market.ok(seller, 'reviews.write', { orderId, rating: 4 });
  expect(await ratingOf(buyer)).toEqual({ count: 1, mean: 4 });
  travel(market, -reviewLimits.sealedMs);
});

test('both sides writing at once, and the same side twice, leave one review of each, both open', async () => {
  const { buyer, seller, orderId } = await completedOrder(market);
  const write = (as: TestUser, rating: number) => market.call(as, 'reviews.write', { orderId, rating });
  await Promise.all([write(buyer, 4), write(seller, 5), write(buyer, 4), write(seller, 5)]);
  expect(await listed(seller)).toHaveLength(1);
  expect(await listed(buyer)).toHaveLength(1);
  expect([await ratingOf(seller), await ratingOf(buyer)]).toEqual([
    { count: 1, mean: 4 },
    { count: 1, mean: 5 },
  ]);
});

test('a hidden review counts for nothing until it is restored', async () => {
  const { seller, listingId, reviewId } = await reviewed(market, { byBuyer: 1, bySeller: 5 });
  const moderator = await market.user({ roles: ['moderator'] });
  const judge = (action: string) => market.ok(moderator, 'reviews.moderate', { reviewId, action, reason: 'Insults' });
  await judge('hide');
  expect(await listed(seller)).toEqual([]);
  expect(await ratingOf(seller)).toBeNull();
  expect((await market.ok(guest, 'listings.get', { listingId })).rating).toBeNull();
  await judge('restore');
  expect(await ratingOf(seller)).toEqual({ count: 1, mean: 1 });
});

test('a block takes no review away, but the blocked do not reply', async () => {
  const { buyer, seller, orderId } = await completedOrder(market);
  await market.ok(seller, 'blocks.add', { userId: buyer.id });
  const { id: reviewId } = await market.ok(buyer, 'reviews.write', { orderId, rating: 2 });
  await market.ok(seller, 'reviews.write', { orderId, rating: 2 });
  expect(await market.fails(seller, 'reviews.reply', { reviewId, text: 'Well' })).toBe('reviews.unavailable');
});

test('listings sort by a score that a single review barely moves', async () => {
  const good = await reviewed(market, { byBuyer: 5, bySeller: 5 });
  const bad = await reviewed(market, { byBuyer: 1, bySeller: 5 });
  const { items } = await market.ok(guest, 'listings.search', { sort: 'rating', limit: 100 });
  const ids = items.map(({ id }: { id: string }) => id);
  expect(ids.indexOf(good.listingId)).toBeGreaterThanOrEqual(0);
  expect(ids.indexOf(good.listingId)).toBeLessThan(ids.indexOf(bad.listingId));
  const first = await market.ok(guest, 'listings.search', { sort: 'rating', limit: 1 });
  const second = await market.ok(guest, 'listings.search', { sort: 'rating', limit: 1, cursor: first.nextCursor });
  expect([...first.items, ...second.items].map(({ id }: { id: string }) => id)).toEqual(ids.slice(0, 2));
});
