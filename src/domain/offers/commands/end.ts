import { z } from 'zod';
import { messageSent } from '../../chat/index.ts';
import { defineCommand, type Tx } from '../../kernel/define.ts';
import type { UserId } from '../../kernel/ids.ts';
import { OfferId, type Offer } from '../entities.ts';
import { offerChanged } from '../events.ts';
import { lockOffer, moveOffer, refusalOf, tellMove, type Refusal } from '../moving.ts';
import { describeOffers, OfferAnswer, sideOf } from '../views.ts';

const shared = {
  access: 'user',
  ratePerMinute: 30,
  output: OfferAnswer,
  errors: ['offers.not_found', 'offers.wrong_state', 'offers.stale', 'offers.not_your_turn', 'offers.expired'],
  emits: [offerChanged, messageSent],
} as const;

export const decline = defineCommand({
  ...shared,
  name: 'offers.decline',
  summary: 'Turn the standing price down and end the offer.',
  input: z.strictObject({ offerId: OfferId, round: z.int().min(1) }),
  async run({ input: { offerId, round }, actor, tx, fail }) {
    const ended = await end(tx, offerId, { move: 'decline', userId: actor.userId, round });
    return typeof ended === 'string' ? fail(ended) : (await describeOffers(tx, actor.userId, [ended]))[0]!;
  },
});

export const withdraw = defineCommand({
  ...shared,
  name: 'offers.withdraw',
  summary: 'Take your standing price back and end the offer.',
  input: z.strictObject({ offerId: OfferId }),
  errors: ['offers.not_found', 'offers.wrong_state', 'offers.not_your_turn', 'offers.expired', 'offers.stale'],
  async run({ input: { offerId }, actor, tx, fail }) {
    const ended = await end(tx, offerId, { move: 'withdraw', userId: actor.userId });
    return typeof ended === 'string' ? fail(ended) : (await describeOffers(tx, actor.userId, [ended]))[0]!;
  },
});

async function end(
  tx: Tx,
  offerId: OfferId,
  { move, userId, round }: { move: 'decline' | 'withdraw'; userId: UserId; round?: number },
): Promise<Offer | Refusal | 'offers.not_found'> {
  const offer = await lockOffer(tx.db, offerId, userId);
  if (!offer) return 'offers.not_found';
  const at = await tx.now();
  const by = sideOf(offer, userId);
  const refusal = refusalOf(offer, { move, by, now: at, ...(round === undefined ? {} : { round }) });
  if (refusal) return refusal;
  moveOffer(offer, { name: move, by, at, deadline: null });
  await tellMove(tx, offer, { move, userId });
  return offer;
}
