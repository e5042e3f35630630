import { z } from 'zod';
import { ListingCard, ListingId, listingCards } from '../catalog/index.ts';
import { ConversationId } from '../chat/index.ts';
import { publicProfiles, PublicUserView } from '../identity/index.ts';
import type { Db } from '../kernel/define.ts';
import { assert } from '../kernel/errors.ts';
import { UserId } from '../kernel/ids.ts';
import { movesFor } from '../kernel/machine.ts';
import { AmountMinor, Currency, multiplyMinor } from '../kernel/money.ts';
import { orNull } from '../kernel/or-null.ts';
import type { Port } from '../kernel/ports.ts';
import { iso, Timestamp } from '../kernel/timestamp.ts';
import { OfferId, type Offer, type OfferRound } from './entities.ts';
import { offerMachine, type OfferSide } from './machine.ts';
import { offerLimits } from './settings.ts';
import { roundsOf } from './rounds.ts';

const Side = z.enum(['buyer', 'seller']);

const OfferRoundView = z.object({
  round: z.int(),
  by: Side,
  amountMinor: AmountMinor.describe('Price of one unit.'),
  message: orNull(z.string()),
  at: Timestamp,
});

/**
 * An offer as one side sees it. Of moments it holds only stored ones: what is pushed must equal what a later snapshot
 * reads, so the server's time is in answers only.
 */
export const OfferView = z.object({
  id: OfferId,
  version: z.int(),
  listingId: ListingId,
  conversationId: ConversationId,
  role: Side,
  otherUserId: UserId,
  state: z.enum(offerMachine.states),
  turn: orNull(Side).describe('Whose answer the standing round waits for.'),
  quantity: z.int(),
  amountMinor: AmountMinor.describe('Standing price of one unit.'),
  totalMinor: AmountMinor,
  currency: Currency,
  round: z.int().describe('The standing round: name it to accept, counter or decline.'),
  rounds: z.array(OfferRoundView),
  deadline: orNull(Timestamp).describe('When the standing round expires, or the checkout of an accepted offer ends.'),
  createdAt: Timestamp,
  updatedAt: Timestamp,
  allowedActions: z.array(z.string()),
});

/** What operations answer: the view with the server's time and what belongs to other areas, as they are now. */
export const OfferAnswer = OfferView.extend({ serverNow: Timestamp, other: PublicUserView, listing: ListingCard });

export function sideOf(offer: Offer, userId: string): OfferSide {
  return offer.buyerId === userId ? 'buyer' : 'seller';
}

export function offerView(offer: Offer, rounds: readonly OfferRound[], viewerId: string): z.input<typeof OfferView> {
  const { id, version, listingId, conversationId, state, quantity, currency, round, deadline, createdAt, updatedAt } =
    offer;
  const standing = rounds.find((found) => found.round === round);
  assert(standing, `offer ${id} has its standing round ${round}`);
  const role = sideOf(offer, viewerId);
  const { amountMinor } = standing;
  const turn = state === 'awaiting_buyer' ? 'buyer' : state === 'awaiting_seller' ? 'seller' : null;
  return {
    id,
    version,
    listingId,
    conversationId,
    role,
    state,
    turn,
    quantity,
    amountMinor,
    currency,
    round,
    otherUserId: role === 'buyer' ? offer.sellerId : offer.buyerId,
    totalMinor: multiplyMinor(amountMinor, quantity),
    rounds: rounds.map(({ bySide, message, at, ...rest }) => ({
      round: rest.round,
      by: bySide,
      amountMinor: rest.amountMinor,
      message,
      at: iso(at),
    })),
    deadline: iso(deadline),
    createdAt: iso(createdAt),
    updatedAt: iso(updatedAt),
    allowedActions: actionsOf(offer, role),
  };
}

function actionsOf({ state, round }: Offer, role: OfferSide): string[] {
  const moves = movesFor(offerMachine, { state, by: role });
  return moves.filter((move) => move !== 'counter' || round < offerLimits.roundsMax).map((move) => `offers.${move}`);
}

interface Reader {
  readonly db: Db;
  now(): Promise<Date>;
  port<T>(port: Port<T>): T;
}

export async function describeOffers(
  reader: Reader,
  viewerId: string,
  offers: readonly Offer[],
): Promise<z.input<typeof OfferAnswer>[]> {
  const rounds = await roundsOf(reader.db, offers);
  const others = await publicProfiles(
    reader.db,
    offers.flatMap(({ buyerId, sellerId }) => [buyerId, sellerId]),
  );
  const cards = await listingCards(
    reader,
    offers.map(({ listingId }) => listingId),
  );
  const serverNow = iso(await reader.now());
  return offers.map((offer) => {
    const view = offerView(offer, rounds.get(offer.id) ?? [], viewerId);
    const other = others.get(view.otherUserId);
    const listing = cards.get(offer.listingId);
    assert(other && listing, `offer ${offer.id} has two sides and a listing`);
    return { ...view, serverNow, other, listing };
  });
}
