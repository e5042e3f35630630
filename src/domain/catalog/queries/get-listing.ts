import { z } from 'zod';
import type { Actor } from '../../kernel/actor.ts';
import { defineQuery } from '../../kernel/define.ts';
import { orNull } from '../../kernel/or-null.ts';
import { publicProfiles, PublicUserView } from '../../identity/index.ts';
import { actsFor } from '../../merchants/index.ts';
import { countsOf } from '../counters.ts';
import { FavouriteEntity, ListingEntity, ListingId, type Listing } from '../entities.ts';
import { isHiddenFrom } from '../hiding.ts';
import { isVisibleTo } from '../policy.ts';
import { recordView, viewerIdOf, viewerOf } from '../record-view.ts';
import { ListingView, listingView, sellerActions } from '../views.ts';

/** A listing with what depends on the viewer and on the moment. */
const ListingDetails = ListingView.extend({
  seller: orNull(PublicUserView),
  viewCount: z.int(),
  favouriteCount: z.int(),
  favourited: z.boolean(),
  allowedActions: z.array(z.string()),
});

export const getListing = defineQuery({
  name: 'listings.get',
  access: 'guest',
  summary: 'One listing. Looking counts a view, once per viewer and day.',
  input: z.strictObject({ listingId: ListingId }),
  output: ListingDetails,
  errors: ['listings.not_found'],
  async run({ input: { listingId }, actor, db, sql, port, fail, afterwards }) {
    const listing = await db.findOne(ListingEntity, { id: listingId });
    if (!listing) return fail('listings.not_found');
    const userId = viewerIdOf(actor);
    const sells = userId !== null && (await actsFor(db, { userId, sellerId: listing.sellerId }, 'listings'));
    const isShown = isVisibleTo(listing, actor) && !(await isHiddenFrom(sql, listing, actor));
    if (!sells && !isShown) return fail('listings.not_found');
    const favourited = userId !== null && (await db.count(FavouriteEntity, { userId, listingId })) > 0;
    const { views, favourites } = (await countsOf(sql, [listingId]))(listingId);
    const profiles = await publicProfiles(db, [listing.sellerId]);
    const viewer = viewerOf(actor);
    // Sellers looking at their own listings would count for nothing.
    if (viewer && !sells) afterwards(recordView, { listingId, viewer });
    return {
      ...listingView({ port }, listing),
      seller: profiles.get(listing.sellerId) ?? null,
      viewCount: views,
      favouriteCount: favourites,
      favourited,
      allowedActions: actionsOf(listing, { actor, sells, favourited }),
    };
  },
});

function actionsOf(
  listing: Listing,
  { actor, sells, favourited }: { actor: Actor; sells: boolean; favourited: boolean },
): string[] {
  if (actor.kind !== 'user') return [];
  if (sells) return sellerActions(listing);
  const actions = [favourited ? 'favourites.remove' : 'favourites.add', 'conversations.open'];
  if (listing.state !== 'active' || listing.quantity <= listing.reserved) return actions;
  return [...actions, 'orders.place', ...(listing.negotiable ? ['offers.make'] : [])];
}
