import { LockMode } from '@mikro-orm/core';
import type { Db, Tx } from '../kernel/define.ts';
import { ListingEntity, type Listing, type ListingId } from './entities.ts';
import { hiddenListings } from './hiding.ts';
import { lockListing } from './stock.ts';

const shared = { lockMode: LockMode.PESSIMISTIC_READ, refresh: true } as const;

/**
 * Locks a listing against changes until the end of the transaction and has its later ones followed up by
 * `claimWatched`. The lock is shared where that is known already, so that many may do so at once. Null: no listing.
 */
export async function watchListing(tx: Tx, id: string): Promise<Listing | null> {
  const known = await tx.db.findOne(ListingEntity, { id: id, watched: true }, shared);
  if (known) return known;
  const listing = await lockListing(tx, id);
  if (listing) listing.watched = true;
  return listing;
}

/** Takes over one watched listing that has changed and locks it; null when there is none, or others are at it. */
export async function claimWatched(tx: Tx): Promise<Listing | null> {
  const lock = { lockMode: LockMode.PESSIMISTIC_PARTIAL_WRITE, refresh: true, orderBy: { id: 'asc' } } as const;
  return tx.db.findOne(ListingEntity, { followUpDue: true }, lock);
}

/** All of a claimed listing's change has been followed up. */
export function settleWatched(listing: Listing): void {
  listing.followUpDue = false;
}

/** A listing as somebody who wants to buy it has to know it. */
export interface SaleFacts extends Pick<Listing, 'sellerId' | 'title' | 'priceMinor' | 'currency'> {
  readonly listingId: ListingId;
  /** Folder of the first image in the object store. */
  readonly previewPrefix: string | null;
  readonly available: number;
  /** Neither a draft, paused, removed nor hidden; it may be sold out. */
  readonly isOnSale: boolean;
}

/** By listing id. Unlocked, unless the caller has locked the listings. */
export async function saleFacts(db: Db, ids: readonly string[]): Promise<Map<string, SaleFacts>> {
  if (ids.length === 0) return new Map();
  const listings = await db.find(ListingEntity, { id: { $in: [...new Set(ids)] as ListingId[] } });
  const hidden = await hiddenListings(db.getKysely(), ids);
  return new Map(listings.map((listing) => [listing.id, factsOf(listing, hidden.has(listing.id))]));
}

function factsOf(listing: Listing, isHidden: boolean): SaleFacts {
  const { id: listingId, sellerId, title, priceMinor, currency, state, images, quantity, reserved } = listing;
  return {
    listingId,
    sellerId,
    title,
    priceMinor,
    currency,
    previewPrefix: images[0]?.prefix ?? null,
    available: quantity - reserved,
    isOnSale: !isHidden && (state === 'active' || state === 'sold_out'),
  };
}
