import type { Tx } from '../kernel/define.ts';
import type { UserId } from '../kernel/ids.ts';
import { actsFor } from '../merchants/index.ts';
import type { Listing } from './entities.ts';
import { lockListing } from './stock.ts';

interface Caller {
  readonly tx: Tx;
  readonly userId: UserId;
  fail(code: 'listings.not_found'): never;
}

/** Locks a listing for its seller or a manager of the seller's shop; to everybody else there is none to change. */
export async function lockOwnListing({ tx, userId, fail }: Caller, listingId: string): Promise<Listing> {
  const listing = await lockListing(tx, listingId);
  const own = listing && (await actsFor(tx.db, { userId, sellerId: listing.sellerId }, 'listings'));
  return own ? listing : fail('listings.not_found');
}
