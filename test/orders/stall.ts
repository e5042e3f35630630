import { CategoryEntity, ListingEntity, type CategoryId } from '../../src/domain/catalog/entities.ts';
import { newId, type UserId } from '../../src/domain/kernel/index.ts';
import type { Harness, TestUser } from '../support/harness.ts';

/** A listing on sale, written straight to the database. */
export async function listingOf(
  market: Harness,
  seller: TestUser,
  fields: { quantity?: number; priceMinor?: number; state?: 'active' | 'paused' } = {},
): Promise<string> {
  const em = market.database.fork();
  const now = new Date();
  const categoryId = newId<CategoryId>();
  const dates = { version: 1, createdAt: now, updatedAt: now };
  em.create(CategoryEntity, { ...dates, id: categoryId, parentId: null, slug: `c_${categoryId.replaceAll('-', '_')}`, name: 'Things', position: 1 });
  const id = newId<never>();
  em.create(ListingEntity, {
    ...dates, id, categoryId, sellerId: seller.id as UserId,
    title: 'Desk lamp', description: 'Bright.', priceMinor: fields.priceMinor ?? 2_500, currency: 'USD', condition: 'good',
    quantity: fields.quantity ?? 5, reserved: 0, feed: 'discover', tags: [], images: [], imagesSettled: true, negotiable: true,
    quickViewEnabled: false, priceSuggestionUsed: false, state: fields.state ?? 'active', cardVersion: 1, favouritesDue: false,
    publishedAt: now,
  } as never);
  await em.flush();
  return id;
}

export async function stockOf(market: Harness, listingId: string): Promise<{ quantity: number; reserved: number; state: string }> {
  const { quantity, reserved, state } = await market.database.fork().findOneOrFail(ListingEntity, { id: listingId as never });
  return { quantity, reserved, state };
}

export const pickup = { delivery: { method: 'pickup' }, paymentMethod: 'sandbox' } as const;
