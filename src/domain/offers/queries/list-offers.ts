import { z } from 'zod';
import { ListingId } from '../../catalog/index.ts';
import { defineQuery } from '../../kernel/define.ts';
import { cutPage, decodeCursor, page, pageInput } from '../../kernel/pagination.ts';
import { OfferEntity, OfferId } from '../entities.ts';
import { offerMachine } from '../machine.ts';
import { describeOffers, OfferAnswer } from '../views.ts';

export const listOffers = defineQuery({
  name: 'offers.list',
  access: 'user',
  summary: 'Offers that you made (as buyer) or received (as seller), newest first.',
  input: z.strictObject({
    as: z.enum(['buyer', 'seller']),
    state: z.enum(offerMachine.states).optional(),
    listingId: ListingId.optional(),
    ...pageInput,
  }),
  output: page(OfferAnswer),
  errors: [],
  async run({ input, actor, db, now, port }) {
    const { as, state, listingId, limit } = input;
    const after = decodeCursor(input.cursor, z.tuple([OfferId]))?.[0];
    const offers = await db.find(
      OfferEntity,
      {
        ...(as === 'buyer' ? { buyerId: actor.userId } : { sellerId: actor.userId }),
        ...(state && { state }),
        ...(listingId && { listingId }),
        ...(after && { id: { $lt: after } }),
      },
      { orderBy: { id: 'desc' }, limit: limit + 1 },
    );
    const described = await describeOffers({ db, now, port }, actor.userId, offers.slice(0, limit));
    const byId = new Map(described.map((offer) => [offer.id, offer]));
    return cutPage(offers, limit, { item: ({ id }) => byId.get(id)!, key: ({ id }) => [id] });
  },
});
