import type { Harness, TestUser } from './harness.ts';
import { system } from './harness.ts';

let count = 0;

/** The id of a category by its slug; seeds the catalog on first use. */
export async function categoryOf(market: Harness, slug = 'books'): Promise<string> {
  await market.ok(system, 'catalog.seed');
  return (await market.ok(null, 'categories.get', { slug })).id;
}

/** What `listings.create` needs, with a title of its own. */
export async function listingInput(
  market: Harness,
  fields: Record<string, unknown> = {},
): Promise<Record<string, unknown>> {
  count += 1;
  return {
    title: `Thing number ${count}`,
    description: 'As good as described.',
    categoryId: fields.categoryId ?? (await categoryOf(market)),
    priceMinor: 10_000,
    currency: 'AED',
    condition: 'good',
    ...fields,
  };
}

/** A published listing as its seller sees it. */
export async function createListing(
  market: Harness,
  seller: TestUser,
  fields: Record<string, unknown> = {},
): Promise<{ id: string; version: number; [field: string]: any }> {
  return market.ok(seller, 'listings.create', await listingInput(market, fields));
}
