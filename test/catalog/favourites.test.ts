import { afterAll, beforeAll, expect, test } from 'vitest';
import { snapshots } from '../../src/domain/registry.ts';
import type { Sql } from '../../src/domain/kernel/index.ts';
import { createHarness, type Harness, type TestUser } from '../support/harness.ts';
import { createListing } from '../support/listings.ts';
import { bindTestPorts } from '../support/ports.ts';

let market: Harness;
let seller: TestUser;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
  seller = await market.user();
});
afterAll(() => market.close());

const add = (as: TestUser, listingId: string) => market.ok(as, 'favourites.add', { listingId });
const told = async (user: TestUser) =>
  (await market.inboxOf(user)).filter(({ type }) => type === 'favourite.changed').map(({ data }) => data);

test('a favourite is unique, counted once, and can be taken back', async () => {
  const person = await market.user();
  const { id } = await createListing(market, seller);
  const results = await Promise.all([add(person, id), add(person, id), add(person, id)]);
  expect(new Set(results.map((favourite) => favourite.id)).size).toBe(1);
  expect(await market.ok(person, 'listings.get', { listingId: id })).toMatchObject({
    favourited: true,
    favouriteCount: 1,
  });
  await market.ok(person, 'favourites.remove', { listingId: id });
  await market.ok(person, 'favourites.remove', { listingId: id });
  expect(await market.ok(person, 'listings.get', { listingId: id })).toMatchObject({
    favourited: false,
    favouriteCount: 0,
  });
  expect(await told(person)).toMatchObject([{ version: 1 }, { version: 2, deleted: true }]);
});

test('favourites need a listing that one may see and does not sell', async () => {
  const person = await market.user();
  const draft = await createListing(market, seller, { draft: true });
  const { id } = await createListing(market, seller);
  expect(await market.fails(person, 'favourites.add', { listingId: draft.id })).toBe('listings.not_found');
  expect(await market.fails(person, 'favourites.add', { listingId: crypto.randomUUID() })).toBe('listings.not_found');
  expect(await market.fails(seller, 'favourites.add', { listingId: id })).toBe('favourites.own_listing');
});

test('those who favourited hear of price, title, stock and state, not of what their card does not show', async () => {
  const person = await market.user();
  const { id } = await createListing(market, seller, { quantity: 2 });
  await add(person, id);
  await market.ok(seller, 'listings.update', { listingId: id, description: 'Nothing that the card shows' });
  await market.ok(seller, 'listings.update', { listingId: id, priceMinor: 5_000 });
  await market.ok(seller, 'listings.update', { listingId: id, quantity: 0 });
  await market.ok(seller, 'listings.remove', { listingId: id });
  const events = await told(person);
  expect(events.map(({ version }) => version)).toEqual([1, 2, 3, 4]);
  expect(events.map(({ listing }) => [listing.priceMinor, listing.inStock, listing.state])).toEqual([
    [10_000, true, 'active'],
    [5_000, true, 'active'],
    [5_000, false, 'sold_out'],
    [5_000, false, 'removed'],
  ]);
});

test('favourites page newest first', async () => {
  const person = await market.user();
  const ids: string[] = [];
  for (let index = 0; index < 3; index += 1) {
    const { id } = await createListing(market, seller);
    await add(person, id);
    ids.unshift(id);
  }
  const first = await market.ok(person, 'favourites.list', { limit: 2 });
  const rest = await market.ok(person, 'favourites.list', { limit: 2, cursor: first.nextCursor });
  expect([...first.items, ...rest.items].map(({ listing }) => listing.id)).toEqual(ids);
});

test('a listing with many favourites tells a hundred at once and the others in batches, each once', async () => {
  const { id } = await createListing(market, seller);
  const people = await Promise.all(Array.from({ length: 330 }, () => market.user()));
  for (const person of people) await add(person, id);
  await market.ok(seller, 'listings.update', { listingId: id, priceMinor: 7_000 });
  const heard = async () => {
    const rows = await market.database.orm.em.getConnection().execute(
      `select count(*)::int as events, count(distinct user_id)::int as people from inbox_event
       where type = 'favourite.changed' and data->'listing'->>'id' = ? and data->>'version' = '2'`,
      [id],
    );
    return rows[0];
  };
  expect(await heard()).toEqual({ events: 100, people: 100 });
  expect(market.nudged.map(({ name }) => name)).toContain('favourites.tell');
  await market.runJob('favourites.tell');
  await market.runJob('favourites.tell');
  expect(await heard()).toEqual({ events: 330, people: 330 });
});

test('folding the events of listings, favourites and uploads equals a fresh snapshot', async () => {
  const person = await market.user();
  const [one, two] = [await createListing(market, seller), await createListing(market, seller)];
  await add(person, one.id);
  await add(person, two.id);
  await market.ok(seller, 'listings.update', { listingId: one.id, priceMinor: 1_234 });
  await market.ok(person, 'favourites.remove', { listingId: two.id });
  const mine = await createListing(market, person, { draft: true });
  const gone = await createListing(market, person);
  await market.ok(person, 'listings.publish', { listingId: mine.id });
  await market.ok(person, 'listings.remove', { listingId: gone.id });
  await market.ok(person, 'uploads.presign', { filename: 'a.png', contentType: 'image/png', purpose: 'chat' });
  const folded = new Map<string, any>();
  for (const { data } of await market.inboxOf(person)) {
    const { entity, change: _change, ...view } = data;
    const key = `${entity} ${view.id}`;
    if (view.version <= (folded.get(key)?.version ?? 0)) continue;
    folded.set(key, view);
  }
  const state = [...folded].filter(([, { deleted }]) => !deleted);
  const db = market.database.fork();
  const fresh = new Map<string, unknown>();
  for (const part of ['listing', 'favourite', 'upload'].map((entity) => snapshots.get(entity))) {
    const context = { db, sql: db.getKysely() as unknown as Sql, userId: person.actor.userId, now: new Date() };
    const views = await part?.load({ ...context, port: (port) => market.ports.get(port) });
    for (const view of views ?? []) fresh.set(`${part?.entity} ${view.id}`, JSON.parse(JSON.stringify(view)));
  }
  expect(new Map(state)).toEqual(fresh);
  expect(fresh.size).toBe(3);
});
