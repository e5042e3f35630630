import { z } from 'zod';
import { messageSent } from '../../chat/index.ts';
import { defineCommand } from '../../kernel/define.ts';
import { AmountMinor, amountMinorMax } from '../../kernel/money.ts';
import { isBlocked } from '../../trust/index.ts';
import { OfferId } from '../entities.ts';
import { offerChanged } from '../events.ts';
import { appendRound, lockOffer, moveOffer, refusalOf, tellMove } from '../moving.ts';
import { offerLimits, offerSettingsPort } from '../settings.ts';
import { describeOffers, OfferAnswer, sideOf } from '../views.ts';

export const counter = defineCommand({
  name: 'offers.counter',
  access: 'user',
  ratePerMinute: 30,
  summary: 'Answer the standing price with another one and hand the turn over.',
  input: z.strictObject({
    offerId: OfferId,
    round: z.int().min(1),
    amountMinor: AmountMinor.describe('Price of one unit.'),
  }),
  output: OfferAnswer,
  errors: [
    'offers.not_found',
    'offers.unavailable',
    'offers.wrong_state',
    'offers.stale',
    'offers.not_your_turn',
    'offers.expired',
    'offers.too_large',
    'offers.too_many_rounds',
  ],
  emits: [offerChanged, messageSent],
  async run({ input: { offerId, round, amountMinor }, actor, tx, fail }) {
    const { userId } = actor;
    const offer = await lockOffer(tx.db, offerId, userId);
    if (!offer) return fail('offers.not_found');
    if (await isBlocked(tx, offer.buyerId, offer.sellerId)) return fail('offers.unavailable');
    const at = await tx.now();
    const by = sideOf(offer, userId);
    const refusal = refusalOf(offer, { move: 'counter', by, round, now: at });
    if (refusal) return fail(refusal);
    if (amountMinor * offer.quantity > amountMinorMax) return fail('offers.too_large');
    if (offer.round >= offerLimits.roundsMax) return fail('offers.too_many_rounds');
    offer.round += 1;
    moveOffer(offer, { name: 'counter', by, at, deadline: new Date(at.getTime() + tx.port(offerSettingsPort).ttlMs) });
    appendRound(tx, offer, { by, amountMinor, at });
    await tellMove(tx, offer, { move: 'counter', userId });
    return (await describeOffers(tx, userId, [offer]))[0]!;
  },
});
