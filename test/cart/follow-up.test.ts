import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHarness, type Harness, type TestUser } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';
import { listingOf, pickup } from '../orders/stall.ts';
import { filledCart, itemsOf } from './basket.ts';

let market: Harness;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
});
afterAll(() => market.close());

const told = async (user: TestUser) =>
  (await market.inboxOf(user)).filter(({ type }) => type === 'cart.changed').map(({ data }) => data);
const snapshotOf = async (user: TestUser) => (await market.ok(user, 'sync.snapshot')).state.cart;

test('a new price reaches the carts, stands beside the one seen, and setting the item accepts it', async () => {
  const { seller, buyer, listingId } = await filledCart(market);
  await market.ok(seller, 'listings.update', { listingId, priceMinor: 3_000, title: 'Tall lamp' });
  expect(await told(buyer)).toHaveLength(1);
  await market.runJob('cart.followUp');
  const last = (await told(buyer)).at(-1);
  expect(last).toMatchObject({ version: 2, change: { kind: 'listing_changed' }, totals: [{ totalMinor: 3_000 }] });
  const [item] = itemsOf(last);
  expect(item).toMatchObject({ title: 'Tall lamp', priceMinor: 3_000, priceChanged: { fromMinor: 2_500 } });
  const { entity: _entity, change: _change, ...view } = last;
  expect(await snapshotOf(buyer)).toEqual([view]);
  expect(await market.ok(buyer, 'cart.get')).toEqual(view);
  const accepted = await market.ok(buyer, 'cart.setItem', { listingId, quantity: 1 });
  expect(itemsOf(accepted)[0]).toMatchObject({ priceMinor: 3_000, priceChanged: null });
});

test('before it is told, a change is in cart.get and not in the snapshot, which is what was told', async () => {
  const { seller, buyer, listingId } = await filledCart(market);
  const before = await snapshotOf(buyer);
  await market.ok(seller, 'listings.pause', { listingId });
  expect(itemsOf(await market.ok(buyer, 'cart.get'))[0]).toMatchObject({ unavailable: true });
  expect(await snapshotOf(buyer)).toEqual(before);
});

test('sales are news to a cart only when they leave less than it wants', async () => {
  const { buyer, listingId } = await filledCart(market, { quantity: 3 });
  await market.ok(buyer, 'cart.setItem', { listingId, quantity: 2 });
  const buy = async () => market.ok(await market.user(), 'orders.place', { listingId, quantity: 1, ...pickup });
  await buy();
  await market.runJob('cart.followUp');
  expect(await told(buyer)).toHaveLength(2);
  await buy();
  await market.runJob('cart.followUp');
  const events = await told(buyer);
  expect(events).toHaveLength(3);
  expect(itemsOf(events.at(-1))[0]).toMatchObject({ stockShort: { available: 1 }, unavailable: false });
  market.clock.offsetMs = 900_001;
  await market.runJob('orders.expireUnpaid');
  market.clock.offsetMs = 0;
  await market.runJob('cart.followUp');
  expect(itemsOf((await told(buyer)).at(-1))[0]).toMatchObject({ stockShort: null });
});

test('what is paused, removed or hidden with its seller counts in no sum, and comes back with it', async () => {
  const { seller, buyer, listingId } = await filledCart(market);
  const moderator = await market.user({ roles: ['moderator'] });
  const account = (changes: string) =>
    market.database.fork().getConnection().execute(`update account set ${changes} where id = ?`, [seller.id]);
  const seen = async () => {
    await market.runJob('listings.followSellers');
    await market.runJob('cart.followUp');
    const view = (await told(buyer)).at(-1);
    return [itemsOf(view)[0].unavailable, view.totals[0].totalMinor];
  };
  await market.ok(seller, 'listings.pause', { listingId });
  expect(await seen()).toEqual([true, 0]);
  await market.ok(seller, 'listings.publish', { listingId });
  expect(await seen()).toEqual([false, 2_500]);
  await account(`selling_suspended_at = now()`);
  expect(await seen()).toEqual([true, 0]);
  await account(`selling_suspended_at = null`);
  expect(await seen()).toEqual([false, 2_500]);
  await market.ok(moderator, 'listings.moderate', { listingId, action: 'remove', reason: 'Counterfeit' });
  expect(await seen()).toEqual([true, 0]);
  await market.ok(moderator, 'listings.moderate', { listingId, action: 'restore', reason: 'It is not' });
  expect(await seen()).toEqual([false, 2_500]);
  await market.ok(seller, 'listings.remove', { listingId });
  expect(await seen()).toEqual([true, 0]);
});

test('a listing in 60 carts is followed up in batches, each cart once, after the seller’s own change', async () => {
  const seller = await market.user();
  const listingId = await listingOf(market, seller, { quantity: 500 });
  for (let index = 0; index < 60; index += 1) {
    await market.ok(await market.user(), 'cart.setItem', { listingId, quantity: 1 });
  }
  await market.ok(seller, 'listings.update', { listingId, priceMinor: 9 });
  const rows = () =>
    market.database
      .fork()
      .getConnection()
      .execute<{ events: number; people: number }[]>(
        `select count(*)::int as events, count(distinct user_id)::int as people from inbox_event
       where type = 'cart.changed' and data->'sellers'->0->'items'->0->>'listingId' = ? and data->>'version' = '2'`,
        [listingId],
      );
  expect(await rows()).toEqual([{ events: 0, people: 0 }]);
  await Promise.all([market.runJob('cart.followUp'), market.runJob('cart.followUp')]);
  await market.runJob('cart.followUp');
  expect(await rows()).toEqual([{ events: 60, people: 60 }]);
});

test('changes of a listing while it is put into carts are never lost', async () => {
  const seller = await market.user();
  const listingId = await listingOf(market, seller, { quantity: 500 });
  const people = await Promise.all(Array.from({ length: 12 }, () => market.user()));
  const prices = Array.from({ length: 12 }, (_, index) => 100 + index);
  await Promise.all([
    ...people.map((person) => market.ok(person, 'cart.setItem', { listingId, quantity: 1 })),
    ...prices.map((priceMinor) => market.ok(seller, 'listings.update', { listingId, priceMinor })),
    ...prices.map(() => market.runJob('cart.followUp')),
  ]);
  await market.runJob('cart.followUp');
  const { priceMinor } = await market.ok(seller, 'listings.get', { listingId });
  for (const person of people) {
    const [cart] = await snapshotOf(person);
    expect(itemsOf(cart)[0].priceMinor).toBe(priceMinor);
  }
});

test('a block shows in cart.get, and a change of the listing tells it', async () => {
  const { seller, buyer, listingId } = await filledCart(market);
  await market.ok(seller, 'blocks.add', { userId: buyer.id });
  expect(itemsOf(await market.ok(buyer, 'cart.get'))[0]).toMatchObject({ unavailable: true });
  await market.ok(seller, 'listings.update', { listingId, description: 'Another text, the same card' });
  await market.runJob('cart.followUp');
  expect(itemsOf((await told(buyer)).at(-1))[0]).toMatchObject({ unavailable: true });
});

test('a block, and its end, reach the cart without any change of the listing, once', async () => {
  const { seller, buyer } = await filledCart(market);
  const other = await filledCart(market);
  await market.ok(seller, 'blocks.add', { userId: buyer.id });
  await Promise.all([market.runJob('cart.followBlocks'), market.runJob('cart.followBlocks')]);
  expect(await told(buyer)).toHaveLength(2);
  expect((await told(buyer)).at(-1)).toMatchObject({ change: { kind: 'listing_changed' } });
  expect(itemsOf((await told(buyer)).at(-1))[0]).toMatchObject({ unavailable: true });
  await market.ok(seller, 'blocks.remove', { userId: buyer.id });
  await market.runJob('cart.followBlocks');
  expect(itemsOf((await told(buyer)).at(-1))[0]).toMatchObject({ unavailable: false });
  await market.runJob('cart.followBlocks');
  expect(await told(buyer)).toHaveLength(3);
  expect(await told(other.buyer)).toHaveLength(1);
});
