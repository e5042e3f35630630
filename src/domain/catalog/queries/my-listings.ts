import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { cutPage, decodeCursor, page, pageInput } from '../../kernel/pagination.ts';
import { Timestamp } from '../../kernel/timestamp.ts';
import { countsOf } from '../counters.ts';
import { ListingEntity } from '../entities.ts';
import { listingMachine } from '../machine.ts';
import { OwnListingView, ownListingView } from '../views.ts';

const MyListing = OwnListingView.extend({ viewCount: z.int(), favouriteCount: z.int() });

export const myListings = defineQuery({
  name: 'listings.mine',
  access: 'user',
  summary: 'Your listings in any state but removed, newest first; `state` picks one state.',
  input: z.strictObject({ ...pageInput, state: z.enum(listingMachine.states).optional() }),
  output: page(MyListing),
  errors: [],
  async run({ input: { cursor, limit, state }, actor, db, sql, port }) {
    const after = decodeCursor(cursor, z.tuple([Timestamp, z.uuid()]));
    const at = after && new Date(after[0]);
    const older = after && { $or: [{ createdAt: { $lt: at } }, { createdAt: at, id: { $lt: after[1] } }] };
    const where = { sellerId: actor.userId, state: state ?? { $ne: 'removed' }, ...older };
    const listings = await db.find(ListingEntity, where as never, {
      orderBy: { createdAt: 'desc', id: 'desc' },
      limit: limit + 1,
    });
    const counts = await countsOf(
      sql,
      listings.map(({ id }) => id),
    );
    return cutPage(listings, limit, {
      item: (listing) => {
        const { views, favourites } = counts(listing.id);
        return { ...ownListingView({ port }, listing), viewCount: views, favouriteCount: favourites };
      },
      key: ({ createdAt, id }) => [createdAt.toISOString(), id],
    });
  },
});
