import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { assert } from '../../kernel/errors.ts';
import { cutPage, decodeCursor, page, pageInput } from '../../kernel/pagination.ts';
import { Timestamp } from '../../kernel/timestamp.ts';
import { FavouriteEntity, ListingEntity } from '../entities.ts';
import { hiddenListings } from '../hiding.ts';
import { FavouriteView, favouriteView } from '../views.ts';

export const listFavourites = defineQuery({
  name: 'favourites.list',
  access: 'user',
  summary: 'Your favourites, newest first.',
  input: z.strictObject(pageInput),
  output: page(FavouriteView),
  errors: [],
  async run({ input: { cursor, limit }, actor, db, sql, port }) {
    const after = decodeCursor(cursor, z.tuple([Timestamp, z.uuid()]));
    const at = after && new Date(after[0]);
    const older = after && { $or: [{ createdAt: { $lt: at } }, { createdAt: at, id: { $lt: after[1] } }] };
    const where = { userId: actor.userId, ...older };
    const favourites = await db.find(FavouriteEntity, where as never, {
      orderBy: { createdAt: 'desc', id: 'desc' },
      limit: limit + 1,
    });
    const listings = await db.find(ListingEntity, { id: { $in: favourites.map(({ listingId }) => listingId) } });
    const byId = new Map(listings.map((listing) => [listing.id, listing]));
    const hidden = await hiddenListings(
      sql,
      listings.map(({ id }) => id),
    );
    const { items, nextCursor } = cutPage(favourites, limit, {
      item: (favourite) => {
        const listing = byId.get(favourite.listingId);
        assert(listing, `listing ${favourite.listingId} of a favourite exists`);
        return favouriteView({ port }, { favourite, listing, hidden: hidden.has(listing.id) });
      },
      key: ({ createdAt, id }) => [createdAt.toISOString(), id],
    });
    // A page may come out shorter; its cursor goes on all the same.
    return { items: items.filter(({ deleted }) => !deleted), nextCursor };
  },
});
