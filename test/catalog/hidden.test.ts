import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pickup } from '../orders/stall.ts';
import { createHarness, type Harness, type TestUser } from '../support/harness.ts';
import { createListing } from '../support/listings.ts';
import { bindTestPorts } from '../support/ports.ts';
import { testConnection } from '../support/transport.ts';

let market: Harness;
let moderator: TestUser;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
  moderator = await market.user({ roles: ['moderator'] });
});
afterAll(() => market.close());

const setAccount = (user: TestUser, what: string) =>
  market.database.fork().getConnection().execute(`update account set ${what} where id = ?`, [user.id]);
const moderate = (listingId: string, action: string) =>
  market.ok(moderator, 'listings.moderate', { listingId, action, reason: 'Counterfeit' });

interface Scene {
  readonly seller: TestUser;
  readonly buyer: TestUser;
  readonly listingId: string;
}

/** A listing that somebody has favourited. */
async function scene(): Promise<Scene> {
  const [seller, buyer] = [await market.user(), await market.user()];
  const { id: listingId } = await createListing(market, seller, { title: `Quokka lamp ${crypto.randomUUID()}` });
  await market.ok(buyer, 'favourites.add', { listingId });
  return { seller, buyer, listingId };
}

const idsOf = ({ items }: { items: { id: string }[] }) => items.map(({ id }) => id);

/** Where somebody comes across the listing. */
async function seenBy(viewer: TestUser | null, { seller, listingId }: Scene): Promise<Record<string, boolean>> {
  const found = idsOf(await market.ok(viewer, 'listings.search', { sellerId: seller.id }));
  const fed = idsOf(await market.ok(viewer, 'listings.feed', { limit: 100 }));
  const got = await market.call(viewer, 'listings.get', { listingId });
  const room = { room: `listing:${listingId}` };
  const joined = await market.call(viewer, 'rooms.join', room, { connection: testConnection() });
  return { search: found.includes(listingId), feed: fed.includes(listingId), get: got.ok, room: joined.ok };
}

const everywhere = { search: true, feed: true, get: true, room: true };
const nowhere = { search: false, feed: false, get: false, room: false };

const ways = [
  ['a suspended seller', ({ seller }: Scene) => setAccount(seller, 'suspended_at = now()')],
  ['a seller who may not sell', ({ seller }: Scene) => setAccount(seller, 'selling_suspended_at = now()')],
  ['a seller who is gone', ({ seller }: Scene) => setAccount(seller, 'deleted_at = now()')],
  ['a listing taken down', ({ listingId }: Scene) => moderate(listingId, 'remove')],
  ['a shadowed listing', ({ listingId }: Scene) => moderate(listingId, 'shadow')],
] as const;

describe.each(ways)('%s', (_, hide) => {
  test('is shown to nobody but the seller and moderators, and cannot be bought or talked about', async () => {
    const found = await scene();
    const { buyer, seller, listingId } = found;
    expect(await seenBy(buyer, found)).toEqual(everywhere);
    await hide(found);
    for (const viewer of [buyer, null]) expect(await seenBy(viewer, found)).toEqual(nowhere);
    for (const viewer of [seller, moderator]) {
      expect(await seenBy(viewer, found)).toMatchObject({ get: true, room: true });
    }
    expect(idsOf(await market.ok(seller, 'listings.mine'))).toContain(listingId);
    expect((await market.ok(buyer, 'favourites.list')).items).toEqual([]);
    for (const [name, input] of [
      ['orders.place', { listingId, quantity: 1, ...pickup }],
      ['offers.make', { listingId, quantity: 1, amountMinor: 9_000 }],
      ['conversations.open', { listingId }],
      ['favourites.add', { listingId }],
    ] as const) {
      expect(await market.fails(buyer, name, input)).toBe('listings.not_found');
    }
  });

  test('disappears from favourites on every device', async () => {
    const found = await scene();
    await hide(found);
    await market.runJob('listings.followSellers');
    await market.runJob('favourites.tell');
    const last = (await market.inboxOf(found.buyer)).findLast(({ data }) => data.entity === 'favourite');
    expect(last?.data).toMatchObject({ deleted: true, version: 2 });
    expect((await market.ok(found.buyer, 'sync.snapshot')).state.favourite).toEqual([]);
  });

  test('tells its room of no more changes, while orders under way go on', async () => {
    const found = await scene();
    const { buyer, seller, listingId } = found;
    const { orders } = await market.ok(buyer, 'orders.place', { listingId, quantity: 1, ...pickup });
    await hide(found);
    market.delivered.length = 0;
    await market.ok(seller, 'listings.update', { listingId, priceMinor: 9_000 });
    await market.ok(buyer, 'orders.cancel', { orderId: orders[0].id });
    expect(market.delivered.flatMap(({ rooms }) => rooms)).toEqual([]);
  });
});

test('a seller who is let back is found again, and favourites come back', async () => {
  const found = await scene();
  await setAccount(found.seller, 'suspended_at = now()');
  await market.runJob('listings.followSellers');
  await setAccount(found.seller, 'suspended_at = null');
  await market.runJob('listings.followSellers');
  await market.runJob('favourites.tell');
  expect(await seenBy(found.buyer, found)).toEqual(everywhere);
  const last = (await market.inboxOf(found.buyer)).findLast(({ data }) => data.entity === 'favourite');
  const [favourite] = (await market.ok(found.buyer, 'sync.snapshot')).state.favourite;
  expect(last?.data).toEqual({ entity: 'favourite', ...favourite });
});

test('the seller of a listing taken down reads why and cannot publish it again until it is restored', async () => {
  const { seller, listingId } = await scene();
  await market.ok(seller, 'listings.pause', { listingId });
  await moderate(listingId, 'remove');
  const told = (await market.inboxOf(seller)).at(-1);
  expect(told?.data).toMatchObject({ takenDown: { reason: 'Counterfeit' }, change: { kind: 'taken_down' } });
  expect(told?.data.allowedActions).not.toContain('listings.publish');
  expect(await market.fails(seller, 'listings.publish', { listingId })).toBe('listings.taken_down');
  await moderate(listingId, 'restore');
  expect(await market.ok(seller, 'listings.publish', { listingId })).toMatchObject({ takenDown: null });
});

test('the seller of a shadowed listing notices nothing: not in events, not in views, not in searches', async () => {
  const found = await scene();
  const { seller, listingId } = found;
  const before = await market.ok(seller, 'listings.get', { listingId });
  const events = await market.inboxOf(seller);
  await moderate(listingId, 'shadow');
  await market.runJob('favourites.tell');
  expect(await market.inboxOf(seller)).toEqual(events);
  expect(await market.ok(seller, 'listings.get', { listingId })).toEqual(before);
  expect(await seenBy(seller, found)).toEqual(everywhere);
  expect(await market.ok(seller, 'listings.update', { listingId, priceMinor: 9_000 })).toMatchObject({
    takenDown: null,
    version: before.version + 1,
  });
});
