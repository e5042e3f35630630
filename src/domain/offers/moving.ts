import { LockMode } from '@mikro-orm/core';
import type { z } from 'zod';
import { lockListing, type Holder } from '../catalog/index.ts';
import { postMessage } from '../chat/index.ts';
import type { Db, Tx } from '../kernel/define.ts';
import { assert } from '../kernel/errors.ts';
import type { UserId } from '../kernel/ids.ts';
import { applyMove, movesOf, target } from '../kernel/machine.ts';
import { sellersFor } from '../merchants/index.ts';
import { OfferEntity, OfferRoundEntity, type Offer } from './entities.ts';
import { offerChanged } from './events.ts';
import { offerMachine, type OfferMove, type OfferSide } from './machine.ts';
import { roundsOf } from './rounds.ts';
import { offerView, sideOf } from './views.ts';

// Locks are taken in the order listing, offer, conversation, here and by whoever calls in from orders.

export function holderOf(offer: Pick<Offer, 'id'>): Holder {
  return { kind: 'offer', id: offer.id };
}

/** An offer that this person is a side of, also as a manager of the seller's shop, or null. */
export async function findOffer(db: Db, id: string, userId: UserId): Promise<Offer | null> {
  return findOwn(db, { id, userId });
}

export async function lockOffer(db: Db, id: string, userId: UserId): Promise<Offer | null> {
  return findOwn(db, { id, userId }, { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true });
}

/** Locks the offer's listing first, for moves that take or give back stock. */
export async function lockWithListing(tx: Tx, id: string, userId: UserId): Promise<Offer | null> {
  const found = await findOffer(tx.db, id, userId);
  if (!found) return null;
  await lockListing(tx, found.listingId);
  return lockOffer(tx.db, id, userId);
}

/** Shops are asked for only when the person is no side themselves. */
async function findOwn(
  db: Db,
  { id, userId }: { id: string; userId: UserId },
  options: { lockMode?: LockMode.PESSIMISTIC_WRITE; refresh?: boolean } = {},
): Promise<Offer | null> {
  const own = await db.findOne(OfferEntity, { id, $or: [{ buyerId: userId }, { sellerId: userId }] }, options);
  if (own) return own;
  const sellers = await sellersFor(db, userId, 'offers');
  return sellers.length > 1 ? db.findOne(OfferEntity, { id, sellerId: { $in: sellers } }, options) : null;
}

export interface Attempt {
  readonly move: OfferMove;
  readonly by: OfferSide;
  /** The round that the mover saw; left out where any will do. */
  readonly round?: number;
  /** Read after the lock. */
  readonly now: Date;
}

export type Refusal = 'offers.wrong_state' | 'offers.stale' | 'offers.not_your_turn' | 'offers.expired';

/** Why a side may not make a move on a locked offer; null when it may. An offer ends at its deadline, swept or not. */
export function refusalOf(offer: Offer, { move, by, round, now }: Attempt): Refusal | null {
  const { state } = offer;
  if (!movesOf(offerMachine).some(({ name, from }) => name === move && from === state)) return 'offers.wrong_state';
  if (round !== undefined && round !== offer.round) return 'offers.stale';
  if (target(offerMachine, move, { state, by }) === null) return 'offers.not_your_turn';
  return isDue(offer, now) ? 'offers.expired' : null;
}

export function isDue({ deadline }: Offer, now: Date): boolean {
  return deadline !== null && deadline !== undefined && deadline <= now;
}

/** Moves a locked offer; `deadline` is the next one, null where the offer ends. */
export function moveOffer(
  offer: Offer,
  { name, by, at, deadline }: { name: OfferMove; by: OfferSide | 'system'; at: Date; deadline: Date | null },
): void {
  assert(applyMove(offerMachine, offer, { name, by, at }), `offer ${offer.id} moves: ${name} by ${by}`);
  offer.deadline = deadline;
}

/** Appends the next round, which stands from now on. */
export function appendRound(
  tx: Tx,
  offer: Offer,
  { by, amountMinor, message = null, at }: { by: OfferSide; amountMinor: number; message?: string | null; at: Date },
): void {
  tx.db.create(OfferRoundEntity, { offerId: offer.id, round: offer.round, bySide: by, amountMinor, message, at });
}

type Told = z.input<typeof offerChanged.change>['move'];

/** Tells both sides of moved offers; call it after the last change. */
export async function tellOffers(
  tx: Tx,
  offers: readonly Offer[],
  told: { move: Told; by: OfferSide | 'system' },
): Promise<void> {
  await tx.db.flush();
  const rounds = await roundsOf(tx.db, offers);
  for (const offer of offers) {
    for (const userId of [offer.buyerId, offer.sellerId]) {
      const view = offerView(offer, rounds.get(offer.id) ?? [], userId);
      tx.emit(offerChanged, userId, { view, change: { ...told, amountMinor: view.amountMinor } });
    }
  }
}

/** Tells both sides of a person's move, and shows it in their conversation. Moves of the system are told only. */
export async function tellMove(
  tx: Tx,
  offer: Offer,
  { move, userId, text }: { move: Told; userId: UserId; text?: string | undefined },
) {
  const by = sideOf(offer, userId);
  await tellOffers(tx, [offer], { move, by });
  // The conversation is the seller's: a manager's move shows there as the shop's.
  const senderId = by === 'buyer' ? offer.buyerId : offer.sellerId;
  const { id, conversationId, round, quantity, currency } = offer;
  const { amountMinor } = await tx.db.findOneOrFail(OfferRoundEntity, { offerId: id, round });
  const about = { entity: 'offer', id, move, round, quantity, amountMinor, currency } as const;
  const posted = await postMessage(tx, { conversationId, senderId, kind: 'offer', text, about });
  assert(posted, `both sides of offer ${id} are in its conversation`);
}
