import { z } from 'zod';
import {
  availableOf,
  ListingId,
  listingForSale,
  lockListing,
  releaseReservation,
  type Listing,
} from '../../catalog/index.ts';
import { conversationChanged, messageSent, openConversation } from '../../chat/index.ts';
import { flushUnique } from '../../kernel/database-errors.ts';
import { defineCommand, type Tx } from '../../kernel/define.ts';
import { newId, type UserId } from '../../kernel/ids.ts';
import { AmountMinor, amountMinorMax } from '../../kernel/money.ts';
import { isBlocked } from '../../trust/index.ts';
import { OfferEntity, type Offer } from '../entities.ts';
import { offerChanged } from '../events.ts';
import { liveStates } from '../machine.ts';
import { appendRound, holderOf, isDue, lockOffer, moveOffer, tellMove, tellOffers } from '../moving.ts';
import { offerLimits, offerSettingsPort } from '../settings.ts';
import { describeOffers, OfferAnswer } from '../views.ts';

const hourMs = 3_600_000;

const input = z.strictObject({
  listingId: ListingId,
  quantity: z.int().min(1).max(offerLimits.quantityMax),
  amountMinor: AmountMinor.describe("Price of one unit, in the listing's currency."),
  message: z.string().trim().min(1).max(offerLimits.messageChars).optional(),
  expiresInHours: z.int().min(1).max(offerLimits.expiresInHoursMax).optional(),
});

export const make = defineCommand({
  name: 'offers.make',
  access: 'user',
  ratePerMinute: 30,
  summary: 'Propose a price for units of a listing to its seller.',
  input,
  output: OfferAnswer,
  errors: [
    'listings.not_found',
    'offers.own_listing',
    'offers.unavailable',
    'offers.not_negotiable',
    'offers.too_large',
    'offers.already_open',
    'offers.out_of_stock',
  ],
  emits: [offerChanged, messageSent, conversationChanged],
  async run({ input: { listingId, quantity, amountMinor, message, expiresInHours }, actor, tx, fail }) {
    const { userId } = actor;
    const listing = await listingForSale(tx.db, listingId);
    if (!listing) return fail('listings.not_found');
    if (listing.sellerId === userId) fail('offers.own_listing');
    if (await isBlocked(tx, userId, listing.sellerId)) fail('offers.unavailable');
    if (!listing.negotiable) fail('offers.not_negotiable');
    if (amountMinor * quantity > amountMinorMax) fail('offers.too_large');
    if (await hasLiveOffer(tx, listing.id, userId)) fail('offers.already_open');
    if (availableOf(listing) < quantity) fail('offers.out_of_stock');
    const at = await tx.now();
    const ttlMs = expiresInHours === undefined ? tx.port(offerSettingsPort).ttlMs : expiresInHours * hourMs;
    const offer = await create(tx, listing, { buyerId: userId, quantity, deadline: new Date(at.getTime() + ttlMs) });
    if (!offer) return fail('offers.already_open');
    appendRound(tx, offer, { by: 'buyer', amountMinor, message: message ?? null, at });
    await tellMove(tx, offer, { move: 'make', userId, text: message });
    return (await describeOffers(tx, userId, [offer]))[0]!;
  },
});

/** Whether the buyer has a live offer here. One past its deadline is ended on the spot: a late sweep blocks nobody. */
async function hasLiveOffer(tx: Tx, listingId: Listing['id'], buyerId: UserId): Promise<boolean> {
  const seen = await tx.db.findOne(OfferEntity, { listingId, buyerId, state: { $in: [...liveStates] } });
  if (!seen) return false;
  await lockListing(tx, listingId);
  const offer = await lockOffer(tx.db, seen.id, buyerId);
  if (!offer?.deadline) return false;
  const at = await tx.now();
  if (!isDue(offer, at)) return true;
  const move = offer.state === 'accepted' ? 'lapse' : 'expire';
  if (move === 'lapse') await releaseReservation(tx, holderOf(offer));
  moveOffer(offer, { name: move, by: 'system', at, deadline: null });
  await tellOffers(tx, [offer], { move, by: 'system' });
  return false;
}

/** Null when a parallel call of the same buyer was faster. */
async function create(
  tx: Tx,
  listing: Listing,
  { buyerId, quantity, deadline }: { buyerId: UserId; quantity: number; deadline: Date },
): Promise<Offer | null> {
  const { id: listingId, sellerId, title: subject, currency } = listing;
  const at = await tx.now();
  const conversation = await openConversation(tx, { listingId, subject, buyerId, sellerId });
  const offer = tx.db.create(OfferEntity, {
    id: newId(),
    listingId,
    conversationId: conversation.id,
    buyerId,
    sellerId,
    quantity,
    currency,
    state: 'awaiting_seller',
    round: 1,
    deadline,
    version: 1,
    createdAt: at,
    updatedAt: at,
  });
  if (!(await flushUnique(tx.db, 'offer_live'))) return null;
  return offer;
}
