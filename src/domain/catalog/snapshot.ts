import { assert } from '../kernel/errors.ts';
import type { SnapshotPart } from '../kernel/define.ts';
import { FavouriteEntity, ListingEntity } from './entities.ts';
import { hiddenListings } from './hiding.ts';
import { favouriteView, ownListingView } from './views.ts';

/** Both lists are bounded by `catalogRules`. */
export const listingSnapshot: SnapshotPart = {
  entity: 'listing',
  async load({ db, userId, port }) {
    const listings = await db.find(ListingEntity, { sellerId: userId, state: { $ne: 'removed' } });
    return listings.map((listing) => ownListingView({ port }, listing));
  },
};

export const favouriteSnapshot: SnapshotPart = {
  entity: 'favourite',
  async load({ db, sql, userId, port }) {
    const all = await db.find(FavouriteEntity, { userId });
    const hidden = await hiddenListings(
      sql,
      all.map(({ listingId }) => listingId),
    );
    const favourites = all.filter(({ listingId }) => !hidden.has(listingId));
    const listings = await db.find(ListingEntity, { id: { $in: favourites.map(({ listingId }) => listingId) } });
    const byId = new Map(listings.map((listing) => [listing.id, listing]));
    return favourites.map((favourite) => {
      const listing = byId.get(favourite.listingId);
      assert(listing, `listing ${favourite.listingId} of a favourite exists`);
      return favouriteView({ port }, { favourite, listing });
    });
  },
};
