import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHarness, type Harness, type TestUser } from '../support/harness.ts';
import { categoryOf, createListing } from '../support/listings.ts';
import { bindTestPorts } from '../support/ports.ts';

let market: Harness;
let seller: TestUser;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
  seller = await market.user();
});
afterAll(() => market.close());

const search = (input: Record<string, unknown>) => market.ok(null, 'listings.search', input);
const titles = async (input: Record<string, unknown>): Promise<string[]> => {
  const { items } = await search(input);
  return items.map(({ title }: { title: string }) => title);
};

test('text finds titles, tags and descriptions in any inflection, titles first', async () => {
  await createListing(market, seller, { title: 'Green bicycles', description: 'Two of them' });
  await createListing(market, seller, { title: 'Helmet', description: 'For a bicycle' });
  await createListing(market, seller, { title: 'Lamp', tags: ['Bicycle'] });
  expect(await titles({ q: 'bicycle' })).toEqual(['Green bicycles', 'Lamp', 'Helmet']);
});

test('a wrong letter still finds the title', async () => {
  await createListing(market, seller, { title: 'Graphing calculator TI-84' });
  expect(await titles({ q: 'calculater' })).toContain('Graphing calculator TI-84');
  expect(await titles({ q: 'zzzzzz' })).toEqual([]);
});

test('a category finds what is in its subcategories', async () => {
  const laptops = await categoryOf(market, 'laptops');
  const electronics = await categoryOf(market, 'electronics');
  await createListing(market, seller, { title: 'Thin laptop', categoryId: laptops });
  expect(await titles({ categoryId: electronics })).toEqual(['Thin laptop']);
  expect(await titles({ categoryId: laptops })).toEqual(['Thin laptop']);
});

test('prices, condition, brand, currency and seller filter', async () => {
  const other = await market.user();
  const { items: brands } = await market.ok(null, 'brands.list', { limit: 2 });
  const own = { currency: 'KES', condition: 'new' };
  await createListing(market, other, { ...own, title: 'Cheap', priceMinor: 100 });
  await createListing(market, other, { ...own, title: 'Dear', priceMinor: 900, brandId: brands[0].id });
  await createListing(market, other, { ...own, title: 'Worn', priceMinor: 500, condition: 'fair' });
  const base = { sellerId: other.id };
  expect(await titles({ ...base, minPriceMinor: 500, sort: 'price_asc' })).toEqual(['Worn', 'Dear']);
  expect(await titles({ ...base, maxPriceMinor: 500, sort: 'price_desc' })).toEqual(['Worn', 'Cheap']);
  expect(await titles({ ...base, condition: 'new', sort: 'price_asc' })).toEqual(['Cheap', 'Dear']);
  expect(await titles({ ...base, brandId: brands[0].id })).toEqual(['Dear']);
  expect(await titles({ ...base, currency: 'AED' })).toEqual([]);
});

test('a radius includes its edge, excludes what is beyond, and works across the date line', async () => {
  const near = await market.user();
  // One degree of longitude on the equator is 111.32 km.
  await createListing(market, near, { title: 'At 0 km', location: { lat: 0, lon: 179.9 } });
  await createListing(market, near, { title: 'At 22 km', location: { lat: 0, lon: -179.9 } });
  await createListing(market, near, { title: 'Nowhere' });
  const around = (radiusKm: number) =>
    titles({
      sellerId: near.id,
      near: { lat: 0, lon: 179.9, radiusKm },
      sort: 'nearest',
    });
  expect(await around(22)).toEqual(['At 0 km']);
  expect(await around(22.5)).toEqual(['At 0 km', 'At 22 km']);
  expect(await market.fails(null, 'listings.search', { near: { lat: 0, lon: 0, radiusKm: 501 } })).toBe(
    'input.invalid',
  );
  expect(await market.fails(null, 'listings.search', { sort: 'nearest' })).toBe('input.invalid');
  expect(await market.fails(null, 'listings.search', { sort: 'relevance' })).toBe('input.invalid');
});

test('drafts, paused, sold out and removed listings are not found', async () => {
  const quiet = await market.user();
  await createListing(market, quiet, { draft: true });
  const paused = await createListing(market, quiet);
  await market.ok(quiet, 'listings.pause', { listingId: paused.id });
  const sold = await createListing(market, quiet);
  await market.ok(quiet, 'listings.update', { listingId: sold.id, quantity: 0 });
  const removed = await createListing(market, quiet);
  await market.ok(quiet, 'listings.remove', { listingId: removed.id });
  expect(await titles({ sellerId: quiet.id })).toEqual([]);
});

test('every sort pages through everything once while new listings arrive', async () => {
  const busy = await market.user();
  const expected = new Set<string>();
  for (let index = 0; index < 12; index += 1) {
    const location = { lat: (index % 3) / 100, lon: 10 };
    const { id } = await createListing(market, busy, {
      title: `Busy chair ${index % 4}`,
      priceMinor: 100 + (index % 3),
      location,
    });
    expected.add(id);
  }
  for (const sort of ['newest', 'price_asc', 'price_desc', 'nearest', 'relevance']) {
    const seen: string[] = [];
    const input = { q: 'busy chair', sellerId: busy.id, near: { lat: 0, lon: 10, radiusKm: 50 }, sort, limit: 5 };
    let cursor: string | null | undefined;
    do {
      const found = await search({ ...input, ...(cursor ? { cursor } : {}) });
      seen.push(...found.items.map(({ id }: { id: string }) => id));
      cursor = found.nextCursor;
      await createListing(market, busy, { title: 'Busy chair late', priceMinor: 101, location: { lat: 0, lon: 10 } });
    } while (cursor);
    expect(new Set(seen).size, sort).toBe(seen.length);
    expect(expected.difference(new Set(seen)), sort).toEqual(new Set());
  }
});

test('sorts order by their key', async () => {
  const many = await market.user();
  for (const priceMinor of [300, 100, 200]) {
    await createListing(market, many, { priceMinor, location: { lat: priceMinor / 1_000, lon: 20 } });
  }
  const prices = async (sort: string): Promise<number[]> => {
    const { items } = await search({ sellerId: many.id, near: { lat: 0.1, lon: 20, radiusKm: 100 }, sort });
    return items.map(({ priceMinor }: { priceMinor: number }) => priceMinor);
  };
  expect(await prices('newest')).toEqual([200, 100, 300]);
  expect(await prices('price_asc')).toEqual([100, 200, 300]);
  expect(await prices('price_desc')).toEqual([300, 200, 100]);
  expect(await prices('nearest')).toEqual([100, 200, 300]);
});

test('facets count the filtered set on the first page only', async () => {
  const shop = await market.user();
  const novels = await categoryOf(market, 'novels');
  await createListing(market, shop, { categoryId: novels, condition: 'new' });
  await createListing(market, shop, { categoryId: novels, condition: 'fair' });
  await createListing(market, shop, { condition: 'new' });
  const first = await search({ sellerId: shop.id, limit: 1 });
  expect(first.facets.categories).toContainEqual({ categoryId: novels, count: 2 });
  expect(first.facets.conditions).toEqual([
    { condition: 'new', count: 2 },
    { condition: 'fair', count: 1 },
  ]);
  expect(first.facets.brands).toEqual([]);
  const filtered = await search({ sellerId: shop.id, condition: 'fair' });
  expect(filtered.facets.categories).toEqual([{ categoryId: novels, count: 1 }]);
  expect((await search({ sellerId: shop.id, limit: 1, cursor: first.nextCursor })).facets).toBeNull();
});

test('hostile text and forged cursors are answered plainly', async () => {
  const hostile = [
    "'; drop table listing; --",
    '%_\\',
    '" -- (',
    '<->:*&|!',
    '🦄 ünïcode',
    'العربية',
    '()',
    '-',
    'or and not',
  ];
  for (const q of hostile) expect(await search({ q })).toHaveProperty('items');
  for (const q of ['nul\u0000', 'lone \ud800 surrogate']) {
    expect(await market.fails(null, 'listings.search', { q })).toBe('input.invalid');
  }
  const forged = (key: unknown) => Buffer.from(JSON.stringify(key)).toString('base64url');
  const cursors = ['!', forged([]), forged(["1'); --", crypto.randomUUID()]), forged(['1', 'x']), forged({ deep: [] })];
  for (const cursor of cursors) {
    for (const sort of ['newest', 'price_asc']) {
      expect(await market.fails(null, 'listings.search', { cursor, sort })).toBe('input.invalid');
    }
  }
  const otherSort = forged(['2026-99-99T99:99:99Z', crypto.randomUUID()]);
  expect(await market.fails(null, 'listings.search', { cursor: otherSort })).toBe('input.invalid');
});
