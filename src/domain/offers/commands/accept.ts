import { z } from 'zod';
import { reserve } from '../../catalog/index.ts';
import { messageSent } from '../../chat/index.ts';
import { defineCommand } from '../../kernel/define.ts';
import { isBlocked } from '../../trust/index.ts';
import { OfferId } from '../entities.ts';
import { offerChanged } from '../events.ts';
import { holderOf, lockWithListing, moveOffer, refusalOf, tellMove } from '../moving.ts';
import { offerSettingsPort } from '../settings.ts';
import { describeOffers, OfferAnswer, sideOf } from '../views.ts';

export const accept = defineCommand({
  name: 'offers.accept',
  access: 'user',
  ratePerMinute: 30,
  summary: 'Accept the standing price; its units are kept aside until the checkout deadline.',
  input: z.strictObject({ offerId: OfferId, round: z.int().min(1) }),
  output: OfferAnswer,
  errors: [
    'offers.not_found',
    'offers.unavailable',
    'offers.wrong_state',
    'offers.stale',
    'offers.not_your_turn',
    'offers.expired',
    'offers.out_of_stock',
  ],
  emits: [offerChanged, messageSent],
  async run({ input: { offerId, round }, actor, tx, fail }) {
    const { userId } = actor;
    const offer = await lockWithListing(tx, offerId, userId);
    if (!offer) return fail('offers.not_found');
    if (await isBlocked(tx, offer.buyerId, offer.sellerId)) return fail('offers.unavailable');
    const now = await tx.now();
    const by = sideOf(offer, userId);
    const refusal = refusalOf(offer, { move: 'accept', by, round, now });
    if (refusal) return fail(refusal);
    const deadline = new Date(now.getTime() + tx.port(offerSettingsPort).checkoutWindowMs);
    const { listingId, quantity } = offer;
    const reserved = await reserve(tx, { listingId, quantity, holder: holderOf(offer), expiresAt: deadline });
    if (!reserved) return fail('offers.out_of_stock');
    moveOffer(offer, { name: 'accept', by, at: now, deadline });
    await tellMove(tx, offer, { move: 'accept', userId });
    return (await describeOffers(tx, userId, [offer]))[0]!;
  },
});
