import type { Tx } from '../kernel/define.ts';
import { bump } from '../kernel/machine.ts';
import type { Listing } from './entities.ts';
import { listingChanged, listingUpdated, type ListingChangeKind } from './events.ts';
import { hiddenListings } from './hiding.ts';
import { favouritedAmong, tellFavouriters, tellFavouritersJob } from './tell-favouriters.ts';
import { listingCard, listingView, ownListingView } from './views.ts';

/** People told of changes within their own transaction, a bound on the inbox heads it locks; a job tells the others. */
const toldAtOnceMax = 100;

export interface ListingChange {
  readonly kind: ListingChangeKind;
  readonly apply: () => void;
}

/**
 * Changes a locked listing and tells whoever needs to know: the seller, the room of its lookers-on, and, when its card
 * looks different, those who favourited it.
 */
export async function changeListing(tx: Tx, listing: Listing, change: ListingChange): Promise<void> {
  await changeListings(tx, [{ listing, ...change }]);
}

/** The same for many locked listings, each at most once. */
export async function changeListings(
  tx: Tx,
  changes: readonly (ListingChange & { readonly listing: Listing })[],
): Promise<void> {
  const now = await tx.now();
  const repainted: Listing[] = [];
  for (const { listing, apply } of changes) {
    const cardBefore = cardKey(tx, listing);
    apply();
    bump(listing, now);
    if (listing.watched) listing.followUpDue = true;
    if (cardKey(tx, listing) === cardBefore) continue;
    listing.cardVersion += 1;
    repainted.push(listing);
  }
  await tx.db.flush();
  // Drafts were never shown to anyone else.
  const published = changes.flatMap(({ listing }) => (listing.publishedAt ? [listing.id] : []));
  const hidden = await hiddenListings(tx.sql, published);
  for (const { listing, kind } of changes) {
    tx.emit(listingChanged, listing.sellerId, { view: ownListingView(tx, listing), change: { kind } });
    if (listing.publishedAt && !hidden.has(listing.id)) {
      tx.publish(listingUpdated, `listing:${listing.id}`, listingView(tx, listing));
    }
  }
  await tellOfCards(tx, repainted);
}

async function tellOfCards(tx: Tx, repainted: readonly Listing[]): Promise<void> {
  const shown = repainted.filter(({ publishedAt }) => publishedAt);
  const favourited = await favouritedAmong(tx.sql, shown);
  let left = toldAtOnceMax;
  for (const listing of shown.filter(({ id }) => favourited.has(id))) {
    left -= await tellFavouriters(tx, listing, left);
    if (left > 0) continue;
    listing.favouritesDue = true;
    tx.nudge(tellFavouritersJob);
  }
}

/** What those who favourited the listing see of it. */
function cardKey(tx: Tx, listing: Listing): string {
  return JSON.stringify([listingCard(tx, listing), listing.moderation ?? null]);
}
