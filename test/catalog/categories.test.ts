import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHarness, system, type Harness, type TestUser } from '../support/harness.ts';
import { createListing } from '../support/listings.ts';
import { bindTestPorts } from '../support/ports.ts';

let market: Harness;
let admin: TestUser;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
  admin = await market.user({ roles: ['admin'] });
  await market.ok(system, 'catalog.seed');
});
afterAll(() => market.close());

const list = async () => (await market.ok(null, 'categories.list')).items;
const create = (slug: string, parentId?: string) =>
  market.ok(admin, 'categories.create', { slug, name: slug, ...(parentId ? { parentId } : {}) });

test('seeding twice, or at once on two nodes, adds everything once and leaves removals alone', async () => {
  const before = await list();
  expect(before.map(({ slug }: { slug: string }) => slug)).toEqual(
    expect.arrayContaining(['trading_cards', 'laptops', 'textbooks', 'other']),
  );
  const stationery = before.find(({ slug }: { slug: string }) => slug === 'stationery');
  await market.ok(admin, 'categories.remove', { categoryId: stationery.id });
  await Promise.all([market.ok(system, 'catalog.seed'), market.ok(system, 'catalog.seed')]);
  expect(await list()).toHaveLength(before.length - 1);
});

test('parents come before what is below them', async () => {
  const seen = new Set<string | null>([null]);
  for (const { id, parentId } of await list()) {
    expect(seen).toContain(parentId);
    seen.add(id);
  }
});

test('a category is found by id or slug, not by both', async () => {
  const books = await market.ok(null, 'categories.get', { slug: 'books' });
  expect(await market.ok(null, 'categories.get', { categoryId: books.id })).toEqual(books);
  expect(await market.fails(null, 'categories.get', { slug: 'nothing' })).toBe('categories.not_found');
  expect(await market.fails(null, 'categories.get', {})).toBe('input.invalid');
});

test('only admins change categories and brands', async () => {
  const person = await market.user();
  expect(await market.fails(person, 'categories.create', { slug: 'mine', name: 'Mine' })).toBe('auth.forbidden');
  expect(await market.fails(null, 'brands.create', { slug: 'mine', name: 'Mine' })).toBe('auth.required');
});

test('slugs are unique and categories never form a cycle', async () => {
  const top = await create('top_one');
  const below = await create('below_one', top.id);
  expect(await market.fails(admin, 'categories.create', { slug: 'top_one', name: 'x' })).toBe('categories.taken');
  const move = (categoryId: string, parentId: string) =>
    market.fails(admin, 'categories.update', { categoryId, parentId });
  expect(await market.fails(admin, 'categories.update', { categoryId: below.id, slug: 'top_one' })).toBe(
    'categories.taken',
  );
  expect(await move(top.id, below.id)).toBe('categories.cycle');
  expect(await move(top.id, top.id)).toBe('categories.cycle');
  expect(await move(top.id, crypto.randomUUID())).toBe('categories.not_found');
  const [one, two] = [await create('ring_one'), await create('ring_two')];
  const replies = await Promise.all([
    market.call(admin, 'categories.update', { categoryId: one.id, parentId: two.id }),
    market.call(admin, 'categories.update', { categoryId: two.id, parentId: one.id }),
  ]);
  expect(replies.filter(({ ok }) => ok)).toHaveLength(1);
});

test('what is in use is not removed', async () => {
  const seller = await market.user();
  const top = await create('used_top');
  const below = await create('used_below', top.id);
  const brand = await market.ok(admin, 'brands.create', { slug: 'used_brand', name: 'Used' });
  await createListing(market, seller, { categoryId: below.id, brandId: brand.id });
  expect(await market.fails(admin, 'categories.remove', { categoryId: top.id })).toBe('categories.in_use');
  expect(await market.fails(admin, 'categories.remove', { categoryId: below.id })).toBe('categories.in_use');
  expect(await market.fails(admin, 'brands.remove', { brandId: brand.id })).toBe('brands.in_use');
  const free = await market.ok(admin, 'brands.create', { slug: 'free_brand', name: 'Free' });
  await market.ok(admin, 'brands.update', { brandId: free.id, name: 'Freer' });
  expect(await market.fails(admin, 'brands.update', { brandId: free.id, slug: 'used_brand' })).toBe('brands.taken');
  await market.ok(admin, 'brands.remove', { brandId: free.id });
  expect(await market.fails(admin, 'brands.remove', { brandId: free.id })).toBe('brands.not_found');
});

test('a category removed while a listing is put into it leaves no listing without one', async () => {
  const seller = await market.user();
  const { id: categoryId } = await create('racing');
  const [created, removed] = await Promise.all([
    market.call(seller, 'listings.create', {
      title: 'Racer',
      description: 'x',
      categoryId,
      priceMinor: 1,
      currency: 'AED',
      condition: 'new',
    }),
    market.call(admin, 'categories.remove', { categoryId }),
  ]);
  expect(created.ok).not.toBe(removed.ok);
  const refused = [created, removed].find(({ ok }) => !ok);
  expect(refused).toMatchObject({ error: { code: expect.stringMatching(/^categories\./) } });
});
