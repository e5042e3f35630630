import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { OfferId } from '../entities.ts';
import { findOffer } from '../moving.ts';
import { describeOffers, OfferAnswer } from '../views.ts';

export const getOffer = defineQuery({
  name: 'offers.get',
  access: 'user',
  summary: 'An offer that you made or received.',
  input: z.strictObject({ offerId: OfferId }),
  output: OfferAnswer,
  errors: ['offers.not_found'],
  async run({ input, actor, db, now, port, fail }) {
    const offer = await findOffer(db, input.offerId, actor.userId);
    return offer ? (await describeOffers({ db, now, port }, actor.userId, [offer]))[0]! : fail('offers.not_found');
  },
});
