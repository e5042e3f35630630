import { afterAll, beforeAll, expect, test } from 'vitest';
import { ownsLiveShop } from '../../src/domain/merchants/index.ts';
import { merchantsData } from '../../src/domain/merchants/personal.ts';
import { within } from '../offers/bargain.ts';
import { confirmedUpload } from '../support/disk.ts';
import type { Harness, TestUser } from '../support/harness.ts';
import { createListing, listingInput } from '../support/listings.ts';
import { pickup } from '../orders/stall.ts';
import { createMarket, paid, type Till } from '../payments/bank.ts';
import { member, openShop } from './shop.ts';

let market: Harness;
let till: Till;
beforeAll(async () => {
  ({ market, till } = await createMarket());
});
afterAll(() => market.close());

/** A shop with a manager, a member of the staff, and somebody from another shop. */
async function crew() {
  const shop = await openShop(market);
  const [manager, staff] = [await member(market, shop, 'manager'), await member(market, shop)];
  const rival = await member(market, await openShop(market), 'manager');
  return { ...shop, manager, staff, rival };
}

const suspend = async (merchantId: string) =>
  market.ok(await market.user({ roles: ['admin'] }), 'merchants.suspend', { merchantId, reason: 'Fakes.' });

const ids = (page: { items: { id: string }[] }) => page.items.map(({ id }) => id);

test('what a manager lists is the shop’s: it is sold by the owner and found under the shop', async () => {
  const { owner, manager, merchantId } = await crew();
  const listing = await createListing(market, manager, { merchantId });
  expect(listing.sellerId).toBe(owner.id);
  expect((await market.inboxOf(owner)).some(({ data }) => data.entity === 'listing' && data.id === listing.id)).toBe(
    true,
  );
  expect(ids(await market.ok(owner, 'listings.mine'))).toContain(listing.id);
  expect(ids(await market.ok(manager, 'listings.mine', { merchantId }))).toEqual([listing.id]);
  const own = await createListing(market, manager);
  expect(ids(await market.ok(manager, 'listings.mine'))).toEqual([own.id, listing.id]);
  expect(ids(await market.ok(owner, 'listings.mine'))).not.toContain(own.id);
});

test('a manager changes, pauses, publishes and removes the shop’s listings, and keeps the owner’s images', async () => {
  const { owner, manager } = await crew();
  const imageIds = [await confirmedUpload(market, owner)];
  const { id: listingId } = await createListing(market, owner, { draft: true, imageIds });
  expect(await market.ok(manager, 'listings.get', { listingId })).toMatchObject({
    state: 'draft',
    allowedActions: expect.arrayContaining(['listings.update']) as unknown,
  });
  const added = await confirmedUpload(market, manager);
  const images = [added, ...imageIds];
  const changed = await market.ok(manager, 'listings.update', { listingId, title: 'By the manager', imageIds: images });
  expect(changed.images.map(({ id }: { id: string }) => id)).toEqual(images);
  for (const name of ['publish', 'pause', 'remove']) await market.ok(manager, `listings.${name}`, { listingId });
});

test('images of a stranger do not get into a shop’s listing', async () => {
  const { owner, manager } = await crew();
  const { id: listingId } = await createListing(market, owner);
  const imageIds = [await confirmedUpload(market, await market.user())];
  expect(await market.fails(manager, 'listings.update', { listingId, imageIds })).toBe('uploads.not_found');
  // Uploaded by the owner, but not in the listing yet.
  const owners = [await confirmedUpload(market, owner)];
  expect(await market.fails(manager, 'listings.update', { listingId, imageIds: owners })).toBe('uploads.not_found');
});

test('to staff and to other shops the listings of a shop are nobody’s to change', async () => {
  const { owner, staff, rival, merchantId } = await crew();
  const { id: listingId } = await createListing(market, owner);
  const { id: draftId } = await createListing(market, owner, { draft: true });
  for (const outsider of [staff, rival]) {
    for (const name of ['update', 'publish', 'pause', 'remove']) {
      expect(await market.fails(outsider, `listings.${name}`, { listingId })).toBe('listings.not_found');
    }
    const input = await listingInput(market, { merchantId });
    expect(await market.fails(outsider, 'listings.create', input)).toBe('merchants.not_found');
    expect(await market.fails(outsider, 'listings.mine', { merchantId })).toBe('merchants.not_found');
    expect(await market.fails(outsider, 'listings.get', { listingId: draftId })).toBe('listings.not_found');
    expect(await market.fails(outsider, 'offers.list', { as: 'seller', merchantId })).toBe('merchants.not_found');
  }
});

test('the staff handles the shop’s orders to the hand-over, without ever seeing the code', async () => {
  const { owner, staff, rival, merchantId } = await crew();
  const { orderId, buyer } = await paid(market, till, { seller: owner });
  expect(ids(await market.ok(staff, 'orders.list', { as: 'seller' }))).toEqual([orderId]);
  expect(ids(await market.ok(staff, 'orders.list', { as: 'seller', merchantId }))).toEqual([orderId]);
  expect(ids(await market.ok(staff, 'orders.list', { as: 'buyer' }))).toEqual([]);
  expect(await market.fails(rival, 'orders.accept', { orderId })).toBe('orders.not_found');
  expect(await market.fails(rival, 'orders.list', { as: 'seller', merchantId })).toBe('merchants.not_found');
  expect(await market.ok(staff, 'orders.accept', { orderId })).toMatchObject({ role: 'seller', pickupCode: null });
  await market.ok(staff, 'orders.readyForPickup', { orderId });
  expect((await market.ok(staff, 'orders.get', { orderId })).pickupCode).toBeNull();
  expect(await market.fails(staff, 'orders.confirmReceived', { orderId })).toBe('orders.not_possible');
  const { pickupCode } = await market.ok(buyer, 'orders.get', { orderId });
  expect(await market.ok(staff, 'orders.handOver', { orderId, pickupCode })).toMatchObject({ state: 'delivered' });
});

test('who buys from the shop they work for is its buyer, and does not serve themselves', async () => {
  const { owner, staff } = await crew();
  const { id: listingId } = await createListing(market, owner, { quantity: 2 });
  const { orders } = await market.ok(staff, 'orders.place', { listingId, quantity: 1, ...pickup });
  const orderId = orders[0].id as string;
  expect((await market.ok(staff, 'orders.get', { orderId })).role).toBe('buyer');
  expect(await market.fails(staff, 'orders.accept', { orderId })).toBe('orders.not_possible');
});

test('a manager answers offers on the shop’s listings, in the conversation as the shop', async () => {
  const { owner, manager, staff, rival } = await crew();
  const { id: listingId } = await createListing(market, owner, { negotiable: true });
  const buyer = await market.user();
  const { id: offerId } = await market.ok(buyer, 'offers.make', { listingId, quantity: 1, amountMinor: 8_000 });
  for (const outsider of [staff, rival]) {
    expect(await market.fails(outsider, 'offers.accept', { offerId, round: 1 })).toBe('offers.not_found');
  }
  expect(ids(await market.ok(manager, 'offers.list', { as: 'seller' }))).toEqual([offerId]);
  const countered = await market.ok(manager, 'offers.counter', { offerId, round: 1, amountMinor: 9_000 });
  expect(countered).toMatchObject({ role: 'seller', otherUserId: buyer.id, turn: 'buyer' });
  const said = (await market.inboxOf(buyer)).findLast(({ type }) => type === 'message.sent');
  expect(said?.data.change.message.senderId).toBe(owner.id);
  await market.ok(buyer, 'offers.counter', { offerId, round: 2, amountMinor: 8_500 });
  expect(await market.ok(manager, 'offers.accept', { offerId, round: 3 })).toMatchObject({ state: 'accepted' });
});

test('a member who is removed can do nothing more in the shop’s name', async () => {
  const { owner, manager, merchantId } = await crew();
  const { id: listingId } = await createListing(market, owner);
  const { orderId } = await paid(market, till, { seller: owner });
  await market.ok(owner, 'merchantTeam.remove', { merchantId, userId: manager.id });
  expect(await market.fails(manager, 'listings.pause', { listingId })).toBe('listings.not_found');
  expect(await market.fails(manager, 'orders.accept', { orderId })).toBe('orders.not_found');
  expect(await market.fails(manager, 'merchantTeam.list', { merchantId })).toBe('merchants.not_found');
  expect(ids(await market.ok(manager, 'orders.list', { as: 'seller' }))).toEqual([]);
});

test('a manager made staff keeps the orders and loses the listings', async () => {
  const { owner, manager, merchantId } = await crew();
  const { id: listingId } = await createListing(market, owner);
  const { orderId } = await paid(market, till, { seller: owner });
  await market.ok(owner, 'merchantTeam.setRole', { merchantId, userId: manager.id, role: 'staff' });
  expect(await market.fails(manager, 'listings.pause', { listingId })).toBe('listings.not_found');
  await market.ok(manager, 'orders.accept', { orderId });
});

test('in a suspended shop nobody lists anything, and what was bought is handed over all the same', async () => {
  const { owner, manager, staff, merchantId } = await crew();
  const { id: listingId } = await createListing(market, owner);
  const { orderId } = await paid(market, till, { seller: owner });
  await suspend(merchantId);
  expect(await market.fails(manager, 'listings.update', { listingId, title: 'New' })).toBe('listings.not_found');
  const input = await listingInput(market, { merchantId });
  expect(await market.fails(manager, 'listings.create', input)).toBe('merchants.not_found');
  await market.ok(staff, 'orders.accept', { orderId });
  await market.ok(staff, 'orders.readyForPickup', { orderId });
});

test('an account that ends leaves its teams; a shop that it still owns is closed', async () => {
  const { owner, staff, manager, merchantId } = await crew();
  const owns = ({ actor }: TestUser) => ownsLiveShop(market.database.fork(), actor.userId);
  expect([await owns(owner), await owns(staff)]).toEqual([true, false]);
  await within(market, (tx) => merchantsData.forget!(tx, staff.actor.userId));
  const { members } = await market.ok(owner, 'merchantTeam.list', { merchantId });
  expect(members.map(({ user }: any) => user.id)).toEqual([owner.id, manager.id]);
  await within(market, (tx) => merchantsData.forget!(tx, owner.actor.userId));
  expect(await owns(owner)).toBe(false);
  expect(await market.fails(null, 'merchants.profile', { merchantId })).toBe('merchants.not_found');
  expect(await market.fails(manager, 'merchantTeam.list', { merchantId })).toBe('merchants.not_found');
  expect((await market.ok(owner, 'merchants.application')).application).toBeNull();
});
