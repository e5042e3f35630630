import { z } from 'zod';
import { ListingId } from '../../catalog/index.ts';
import { defineQuery } from '../../kernel/define.ts';
import { cutPage, decodeCursor, page, pageInput } from '../../kernel/pagination.ts';
import { MerchantId, sellersAsked } from '../../merchants/index.ts';
import { OfferEntity, OfferId } from '../entities.ts';
import { offerMachine } from '../machine.ts';
import { describeOffers, OfferAnswer } from '../views.ts';

export const listOffers = defineQuery({
  name: 'offers.list',
  access: 'user',
  summary: 'Offers that you made (as buyer) or that you or a shop you manage received (as seller), newest first.',
  input: z.strictObject({
    as: z.enum(['buyer', 'seller']),
    state: z.enum(offerMachine.states).optional(),
    listingId: ListingId.optional(),
    merchantId: MerchantId.optional().describe('As seller, only those of this shop.'),
    ...pageInput,
  }),
  output: page(OfferAnswer),
  errors: ['merchants.not_found'],
  async run({ input, actor: { userId }, db, now, port, fail }) {
    const { as, state, listingId, merchantId, limit } = input;
    const sellers = as === 'seller' && (await sellersAsked(db, { userId, merchantId }, 'offers'));
    if (sellers === null) return fail('merchants.not_found');
    const after = decodeCursor(input.cursor, z.tuple([OfferId]))?.[0];
    const offers = await db.find(
      OfferEntity,
      {
        ...(sellers ? { sellerId: { $in: sellers } } : { buyerId: userId }),
        ...(state && { state }),
        ...(listingId && { listingId }),
        ...(after && { id: { $lt: after } }),
      },
      { orderBy: { id: 'desc' }, limit: limit + 1 },
    );
    const described = await describeOffers({ db, now, port }, userId, offers.slice(0, limit));
    const byId = new Map(described.map((offer) => [offer.id, offer]));
    return cutPage(offers, limit, { item: ({ id }) => byId.get(id)!, key: ({ id }) => [id] });
  },
});
