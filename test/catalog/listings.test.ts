import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from 'kysely';
import { listingCards } from '../../src/domain/catalog/index.ts';
import { roomKinds } from '../../src/domain/registry.ts';
import { confirmedUpload } from '../support/disk.ts';
import { createHarness, guest, type Harness, type TestUser } from '../support/harness.ts';
import { createListing, listingInput } from '../support/listings.ts';
import { bindTestPorts } from '../support/ports.ts';
import { openRoom } from '../support/rooms.ts';

let market: Harness;
let seller: TestUser;
let buyer: TestUser;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
  seller = await market.user({ fullName: 'Asha' });
  buyer = await market.user();
});
afterAll(() => market.close());

const published = (id: string) =>
  market.delivered.flatMap(({ rooms }) => rooms).filter(({ room }) => room === `listing:${id}`);
const get = (as: TestUser | null, listingId: string) => market.ok(as, 'listings.get', { listingId });

test('a listing is published at once, told to its seller, and carries what the seller wrote', async () => {
  const fields = {
    title: '  Desk lamp ',
    tags: ['Lamp', 'lamp', ' LED '],
    location: { lat: 25.2, lon: 55.27 },
    neighborhood: 'Deira',
    originalPriceMinor: 12_000,
    quantity: 3,
    feed: 'community',
    videoUrl: 'https://video.test/1.mp4',
    negotiable: false,
  };
  const own = await createListing(market, seller, fields);
  expect(own).toMatchObject({
    ...fields,
    title: 'Desk lamp',
    tags: ['lamp', 'led'],
    state: 'active',
    available: 3,
    reserved: 0,
    version: 1,
    allowedActions: ['listings.update', 'listings.pause', 'listings.remove'],
  });
  const [event] = (await market.inboxOf(seller)).slice(-1);
  expect(event).toMatchObject({
    type: 'listing.changed',
    data: { ...own, entity: 'listing', change: { kind: 'created' } },
  });
  const shown = await get(buyer, own.id);
  expect(shown).toMatchObject({ title: 'Desk lamp', available: 3, seller: { fullName: 'Asha' }, favourited: false });
  expect(shown.allowedActions).toEqual(['favourites.add', 'conversations.open', 'orders.place']);
  expect(shown).not.toHaveProperty('quantity');
});

test('bad fields are refused', async () => {
  const bad: Record<string, unknown>[] = [
    { title: '' },
    { title: 'x'.repeat(101) },
    { priceMinor: 0 },
    { priceMinor: 1.5 },
    { priceMinor: '5' },
    { currency: 'ZZZ' },
    { condition: 'broken' },
    { quantity: 0 },
    { location: { lat: 91, lon: 0 } },
    { videoUrl: 'javascript:alert(1)' },
    { tags: Array.from({ length: 11 }, String) },
    { imageIds: ['x'] },
    { unknown: 1 },
    { title: 'a\u0000b' },
    { description: '\udc00' },
  ];
  for (const fields of bad) {
    const input = await listingInput(market, fields);
    expect(await market.fails(seller, 'listings.create', input), JSON.stringify(fields)).toBe('input.invalid');
  }
  const create = async (fields: Record<string, unknown>) =>
    market.fails(seller, 'listings.create', await listingInput(market, fields));
  expect(await create({ categoryId: crypto.randomUUID() })).toBe('categories.not_found');
  expect(await create({ brandId: crypto.randomUUID() })).toBe('brands.not_found');
  expect(await create({ originalPriceMinor: 9_999 })).toBe('listings.original_price_too_low');
  expect(await create({ imageIds: [crypto.randomUUID()] })).toBe('uploads.not_found');
  expect(await create({ imageIds: [await confirmedUpload(market, buyer)] })).toBe('uploads.not_found');
});

test('a draft is seen by its seller only until it is published', async () => {
  const { id } = await createListing(market, seller, { draft: true });
  expect(await market.fails(buyer, 'listings.get', { listingId: id })).toBe('listings.not_found');
  expect(await market.fails(null, 'listings.get', { listingId: id })).toBe('listings.not_found');
  expect((await get(seller, id)).allowedActions).toEqual(['listings.update', 'listings.publish', 'listings.remove']);
  await market.ok(seller, 'listings.publish', { listingId: id });
  expect((await get(null, id)).state).toBe('active');
});

test('only the seller may change a listing, and only as its state allows', async () => {
  const { id } = await createListing(market, seller);
  for (const verb of ['update', 'publish', 'pause', 'remove']) {
    expect(await market.fails(buyer, `listings.${verb}`, { listingId: id })).toBe('listings.not_found');
  }
  expect(await market.fails(seller, 'listings.publish', { listingId: id })).toBe('listings.wrong_state');
  await market.ok(seller, 'listings.pause', { listingId: id });
  expect(await market.fails(seller, 'listings.pause', { listingId: id })).toBe('listings.wrong_state');
  await market.ok(seller, 'listings.publish', { listingId: id });
  expect(await market.ok(seller, 'listings.remove', { listingId: id })).toMatchObject({
    state: 'removed',
    deleted: true,
  });
  expect(await market.fails(seller, 'listings.update', { listingId: id, title: 'New' })).toBe('listings.wrong_state');
  expect(await market.fails(seller, 'listings.publish', { listingId: id })).toBe('listings.wrong_state');
  expect(await market.fails(buyer, 'listings.get', { listingId: id })).toBe('listings.not_found');
});

test('an update changes what is given, clears what is null, and reaches the room', async () => {
  const { id } = await createListing(market, seller, { neighborhood: 'Deira', originalPriceMinor: 20_000 });
  const changed = await market.ok(seller, 'listings.update', { listingId: id, priceMinor: 8_000, neighborhood: null });
  expect(changed).toMatchObject({ priceMinor: 8_000, neighborhood: null, originalPriceMinor: 20_000, version: 2 });
  expect(published(id)).toMatchObject([{ type: 'listing.changed', data: { priceMinor: 8_000, version: 2 } }]);
  expect(await market.fails(seller, 'listings.update', { listingId: id, priceMinor: 30_000 })).toBe(
    'listings.original_price_too_low',
  );
});

test('no stock sells out, new stock brings back, and nothing below what is reserved', async () => {
  const { id } = await createListing(market, seller, { quantity: 2 });
  const sold = await market.ok(seller, 'listings.update', { listingId: id, quantity: 0 });
  expect(sold).toMatchObject({ state: 'sold_out', inStock: false });
  expect(await market.ok(seller, 'listings.update', { listingId: id, quantity: 5 })).toMatchObject({
    state: 'active',
    available: 5,
  });
  await market.database.orm.em.getConnection().execute('update listing set reserved = 3 where id = ?', [id]);
  expect(await market.fails(seller, 'listings.update', { listingId: id, quantity: 2 })).toBe(
    'listings.quantity_reserved',
  );
  expect(await market.ok(seller, 'listings.update', { listingId: id, quantity: 3 })).toMatchObject({
    available: 0,
    inStock: false,
  });
  const draft = await createListing(market, seller, { draft: true });
  await market.ok(seller, 'listings.update', { listingId: draft.id, quantity: 0 });
  expect(await market.fails(seller, 'listings.publish', { listingId: draft.id })).toBe('listings.no_stock');
});

test('a view counts once per viewer and day, guests by address, sellers never', async () => {
  const { id } = await createListing(market, seller);
  const other = { kind: 'guest', ip: '198.51.100.9' } as const;
  for (const viewer of [buyer, buyer, guest, guest, other, seller])
    await market.ok(viewer, 'listings.get', { listingId: id });
  const views = async () => (await get(seller, id)).viewCount;
  await expect.poll(views).toBe(3);
  market.clock.offsetMs += 86_400_000;
  await market.ok(buyer, 'listings.get', { listingId: id });
  await expect.poll(views).toBe(4);
  market.clock.offsetMs += 4 * 86_400_000;
  await market.runJob('listings.pruneViews');
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from listing_view`.execute(
    market.database.fork().getKysely() as never,
  );
  expect(rows).toEqual([{ count: 0 }]);
  expect(await views()).toBe(4);
});

test('my listings page newest first with their counts', async () => {
  const person = await market.user();
  const ids: string[] = [];
  for (let index = 0; index < 5; index += 1) ids.unshift((await createListing(market, person)).id);
  await market.ok(person, 'listings.pause', { listingId: ids[4] });
  const first = await market.ok(person, 'listings.mine', { limit: 3 });
  const rest = await market.ok(person, 'listings.mine', { limit: 3, cursor: first.nextCursor });
  expect([...first.items, ...rest.items].map(({ id }) => id)).toEqual(ids);
  expect(rest.nextCursor).toBeNull();
  expect(first.items[0]).toMatchObject({ viewCount: 0, favouriteCount: 0 });
  expect((await market.ok(person, 'listings.mine', { state: 'paused' })).items).toHaveLength(1);
});

test('the community feed starts with the own neighbourhood, then goes by distance', async () => {
  const person = await market.user();
  const put = (title: string, place: Record<string, unknown>) =>
    createListing(market, person, { title, feed: 'community', ...place });
  await put('far', { location: { lat: 51.5, lon: -0.12 } });
  await put('nowhere', {});
  await put('near', { location: { lat: 1, lon: 36.9 } });
  await put('own', { location: { lat: 1.5, lon: 36.9 }, neighborhood: 'Westlands' });
  const input = { feed: 'community', near: { lat: 1, lon: 36.8 }, neighborhood: 'westlands', limit: 2 };
  const titles: string[] = [];
  let cursor: string | null | undefined;
  do {
    const { items, nextCursor } = await market.ok(null, 'listings.feed', { ...input, ...(cursor ? { cursor } : {}) });
    titles.push(
      ...items
        .filter(({ sellerId }: { sellerId: string }) => sellerId === person.id)
        .map(({ title }: { title: string }) => title),
    );
    cursor = nextCursor;
  } while (cursor);
  expect(titles).toEqual(['own', 'near', 'far', 'nowhere']);
  const local = await market.ok(null, 'listings.feed', { feed: 'community', neighborhood: 'Westlands', limit: 2 });
  expect(local.items.map(({ title }: { title: string }) => title)).toEqual(['own', 'near']);
  const { items } = await market.ok(null, 'listings.feed', { feed: 'community', limit: 2 });
  expect(items.map(({ title }: { title: string }) => title)).toEqual(['own', 'near']);
});

test('a price is suggested from comparable listings in one currency', async () => {
  const person = await market.user();
  const category = await market.ok(null, 'categories.get', { slug: 'tablets' });
  const comparable = { categoryId: category.id, currency: 'EUR' };
  for (const priceMinor of [100, 200, 300, 400, 500])
    await createListing(market, person, { ...comparable, priceMinor });
  await createListing(market, person, { ...comparable, currency: 'USD', priceMinor: 9 });
  expect(await market.ok(person, 'listings.suggestPrice', comparable)).toEqual({
    count: 5,
    lowerQuartileMinor: 200,
    medianMinor: 300,
    upperQuartileMinor: 400,
  });
  expect(await market.ok(person, 'listings.suggestPrice', { ...comparable, condition: 'new' })).toEqual({
    count: 0,
    lowerQuartileMinor: null,
    medianMinor: null,
    upperQuartileMinor: null,
  });
});

test('the room opens with the public view and is closed to those who may not see the listing', async () => {
  const { id } = await createListing(market, seller);
  const draft = await createListing(market, seller, { draft: true });
  const open = (as: TestUser | null, listingId: string) =>
    openRoom(roomKinds.get('listing')!, market, { actor: as?.actor ?? guest, id: listingId });
  expect(await open(null, id)).toMatchObject({ id, version: 1, available: 1 });
  expect(await open(null, draft.id)).toBeNull();
  expect(await open(seller, draft.id)).toMatchObject({ id: draft.id });
  for (const name of ['', 'x', "'; --", crypto.randomUUID()]) expect(await open(null, name)).toBeNull();
});

test('cards are small and public', async () => {
  const { id } = await createListing(market, seller, { title: 'Card' });
  const cards = await listingCards({ db: market.database.fork(), port: (port) => market.ports.get(port) }, [
    id,
    id,
    crypto.randomUUID(),
  ]);
  expect([...cards.values()]).toEqual([
    {
      id,
      sellerId: seller.id,
      title: 'Card',
      priceMinor: 10_000,
      currency: 'AED',
      previewUrl: null,
      state: 'active',
      inStock: true,
    },
  ]);
});

test('two updates at once both happen', async () => {
  const { id } = await createListing(market, seller);
  await Promise.all([
    market.ok(seller, 'listings.update', { listingId: id, title: 'Both' }),
    market.ok(seller, 'listings.update', { listingId: id, description: 'happened' }),
  ]);
  expect(await get(null, id)).toMatchObject({ title: 'Both', description: 'happened', version: 3 });
});
