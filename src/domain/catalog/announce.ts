import type { Tx } from '../kernel/define.ts';
import { bump } from '../kernel/machine.ts';
import type { Listing } from './entities.ts';
import { listingChanged, listingUpdated, type ListingChangeKind } from './events.ts';
import { isHidden } from './hiding.ts';
import { tellFavouriters, tellFavouritersJob } from './tell-favouriters.ts';
import { listingCard, listingView, ownListingView } from './views.ts';

/** People told of a change within its own transaction, a bound on the inbox heads it locks; a job tells the others. */
const toldAtOnceMax = 100;

/**
 * Changes a locked listing and tells whoever needs to know: the seller, the room of its lookers-on, and, when its card
 * looks different, those who favourited it.
 */
export async function changeListing(
  tx: Tx,
  listing: Listing,
  { kind, apply }: { kind: ListingChangeKind; apply: () => void },
): Promise<void> {
  const cardBefore = cardKey(tx, listing);
  apply();
  const now = await tx.now();
  bump(listing, now);
  const cardChanged = cardKey(tx, listing) !== cardBefore;
  if (cardChanged) listing.cardVersion += 1;
  if (listing.watched) listing.followUpDue = true;
  await tx.db.flush();
  tx.emit(listingChanged, listing.sellerId, { view: ownListingView(tx, listing), change: { kind } });
  // Drafts were never shown to anyone else.
  if (!listing.publishedAt) return;
  if (!(await isHidden(tx.sql, listing))) tx.publish(listingUpdated, `listing:${listing.id}`, listingView(tx, listing));
  if (!cardChanged) return;
  const told = await tellFavouriters(tx, listing, toldAtOnceMax);
  if (told < toldAtOnceMax) return;
  listing.favouritesDue = true;
  tx.nudge(tellFavouritersJob);
}

/** What those who favourited the listing see of it. */
function cardKey(tx: Tx, listing: Listing): string {
  return JSON.stringify([listingCard(tx, listing), listing.moderation ?? null]);
}
