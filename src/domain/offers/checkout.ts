import { LockMode } from '@mikro-orm/core';
import { lockListing } from '../catalog/index.ts';
import type { Tx } from '../kernel/define.ts';
import { assert } from '../kernel/errors.ts';
import type { UserId } from '../kernel/ids.ts';
import type { Currency } from '../kernel/money.ts';
import { isBlocked } from '../trust/index.ts';
import { OfferEntity, OfferRoundEntity, type Offer } from './entities.ts';
import { openStates } from './machine.ts';
import { lockWithListing, moveOffer, refusalOf, tellOffers, type Refusal } from './moving.ts';

/** What was agreed on. */
export interface OfferTerms {
  readonly offerId: string;
  readonly listingId: string;
  readonly sellerId: UserId;
  readonly quantity: number;
  readonly unitPriceMinor: number;
  readonly currency: Currency;
}

/**
 * Locks the listing and an accepted offer of this buyer, in time for its checkout; else why not.
 * The units are kept aside for `{ kind: 'offer', id: offer.id }`: hand that reservation to the order.
 */
export async function lockAcceptedOffer(
  tx: Tx,
  { offerId, buyerId }: { offerId: string; buyerId: UserId },
): Promise<Offer | Refusal | 'offers.not_found' | 'offers.unavailable'> {
  const offer = await lockWithListing(tx, offerId, buyerId);
  if (!offer) return 'offers.not_found';
  if (await isBlocked(tx, offer.buyerId, offer.sellerId)) return 'offers.unavailable';
  const by = offer.buyerId === buyerId ? 'buyer' : 'seller';
  return refusalOf(offer, { move: 'checkout', by, now: await tx.now() }) ?? offer;
}

/** Ends a locked, accepted offer as checked out and tells both sides. */
export async function consumeOffer(tx: Tx, offer: Offer): Promise<OfferTerms> {
  const { id, listingId, sellerId, quantity, currency, round } = offer;
  const standing = await tx.db.findOne(OfferRoundEntity, { offerId: id, round });
  assert(standing, `offer ${id} has its standing round ${round}`);
  moveOffer(offer, { name: 'checkout', by: 'buyer', at: await tx.now(), deadline: null });
  await tellOffers(tx, [offer], { move: 'checkout', by: 'buyer' });
  return { offerId: id, listingId, sellerId, quantity, unitPriceMinor: standing.amountMinor, currency };
}

/**
 * Ends the open offers on a listing that has sold its last unit, and tells their sides. Accepted ones hold units of
 * their own. Locks the listing first, as every move that touches stock does.
 */
export async function supersedeOffers(tx: Tx, listingId: string): Promise<void> {
  await lockListing(tx, listingId);
  const open = { listingId: listingId, state: { $in: [...openStates] } };
  const lock = { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true } as const;
  const offers = await tx.db.find(OfferEntity, open, { ...lock, orderBy: { id: 'asc' } });
  const at = await tx.now();
  for (const offer of offers) moveOffer(offer, { name: 'supersede', by: 'system', at, deadline: null });
  await tellOffers(tx, offers, { move: 'supersede', by: 'system' });
}
