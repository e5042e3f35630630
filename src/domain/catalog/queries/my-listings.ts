import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { cutPage, decodeCursor, page, pageInput } from '../../kernel/pagination.ts';
import { Timestamp } from '../../kernel/timestamp.ts';
import { MerchantId, sellersAsked } from '../../merchants/index.ts';
import { countsOf } from '../counters.ts';
import { ListingEntity } from '../entities.ts';
import { listingMachine } from '../machine.ts';
import { OwnListingView, ownListingView } from '../views.ts';

const MyListing = OwnListingView.extend({ viewCount: z.int(), favouriteCount: z.int() });

export const myListings = defineQuery({
  name: 'listings.mine',
  access: 'user',
  summary: 'Listings that are yours or of shops you manage, in any state but removed, newest first.',
  input: z.strictObject({
    ...pageInput,
    state: z.enum(listingMachine.states).optional(),
    merchantId: MerchantId.optional().describe('Only those of this shop.'),
  }),
  output: page(MyListing),
  errors: ['merchants.not_found'],
  async run({ input: { cursor, limit, state, merchantId }, actor: { userId }, db, sql, port, fail }) {
    const sellers = await sellersAsked(db, { userId, merchantId }, 'listings');
    if (!sellers) return fail('merchants.not_found');
    const after = decodeCursor(cursor, z.tuple([Timestamp, z.uuid()]));
    const at = after && new Date(after[0]);
    const older = after && { $or: [{ createdAt: { $lt: at } }, { createdAt: at, id: { $lt: after[1] } }] };
    const where = { sellerId: { $in: sellers }, state: state ?? { $ne: 'removed' }, ...older };
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
