import { ListingEntity } from '../../src/domain/catalog/entities.ts';
import type { Harness, TestUser } from '../support/harness.ts';
import { createListing } from '../support/listings.ts';

/** A listing on sale. */
export async function listingOf(
  market: Harness,
  seller: TestUser,
  fields: { quantity?: number; priceMinor?: number } = {},
): Promise<string> {
  const lamp = { title: 'Desk lamp', priceMinor: 2_500, currency: 'USD', quantity: 5, negotiable: true };
  return (await createListing(market, seller, { ...lamp, ...fields })).id;
}

export async function stockOf(
  market: Harness,
  listingId: string,
): Promise<{ quantity: number; reserved: number; state: string }> {
  const listing = await market.database.fork().findOneOrFail(ListingEntity, { id: listingId as never });
  const { quantity, reserved, state } = listing;
  return { quantity, reserved, state };
}

export const pickup = { delivery: { method: 'pickup' }, paymentMethod: 'sandbox' } as const;
