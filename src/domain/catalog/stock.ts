import { LockMode } from '@mikro-orm/core';
import { sql } from 'kysely';
import type { Db, Tx } from '../kernel/define.ts';
import { assert } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import { target } from '../kernel/machine.ts';
import { lockRow, noteLocked } from '../kernel/row-locks.ts';
import { changeListing, changeListings } from './announce.ts';
import { ListingEntity, ReservationEntity, type Listing, type ListingId, type Reservation } from './entities.ts';
import { isHidden } from './hiding.ts';
import { listingMachine, type ListingState } from './machine.ts';

/** Who keeps units aside: an `offer`, an `order`. One holder may hold units of many listings. */
export interface Holder {
  readonly kind: string;
  readonly id: string;
}

/** Locks a listing's row and reads it as it is now, null when there is none. Several: in the order of their ids. */
export async function lockListing(tx: Tx, id: string): Promise<Listing | null> {
  return lockRow(tx, ListingEntity, id);
}

/** Locks several listings in the order of their ids, as every command does that locks more than one. */
export async function lockListings(tx: Tx, ids: readonly string[]): Promise<Listing[]> {
  await tx.db.flush();
  const lock = { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true, orderBy: { id: 'asc' } } as const;
  const listings = await tx.db.find(ListingEntity, { id: { $in: [...new Set(ids)] as ListingId[] } }, lock);
  noteLocked(tx, ListingEntity, listings);
  return listings;
}

/** A listing that others can buy now, or null. Unlocked: lock it before acting on what it says. */
export async function listingForSale(db: Db, id: string): Promise<Listing | null> {
  const listing = await db.findOne(ListingEntity, { id: id, state: 'active' });
  return listing && !(await isHidden(db.getKysely(), listing)) ? listing : null;
}

export function availableOf({ quantity, reserved }: Pick<Listing, 'quantity' | 'reserved'>): number {
  return quantity - reserved;
}

/**
 * Keeps units aside until they are consumed, released or expired. False, changing nothing, when the listing is not for
 * sale or has fewer units available. Locks the listing; several lines on one listing add up.
 */
export async function reserve(
  tx: Tx,
  { listingId, quantity, holder, expiresAt }: { listingId: string; quantity: number; holder: Holder; expiresAt: Date },
): Promise<boolean> {
  assert(Number.isInteger(quantity) && quantity > 0, `reserving ${quantity} units`);
  const listing = await lockListing(tx, listingId);
  if (listing?.state !== 'active') return false;
  if (availableOf(listing) < quantity) await releaseExpired(tx, listing);
  if (availableOf(listing) < quantity) return false;
  const now = (await tx.now()).toISOString();
  // What this holder had here before and lost is history: it must not make the new reservation look incomplete.
  await sql`
    with lost as (
      delete from reservation
      where listing_id = ${listing.id} and holder_kind = ${holder.kind} and holder_id = ${holder.id}
        and released_at is not null
    )
    insert into reservation (id, listing_id, quantity, holder_kind, holder_id, expires_at, created_at)
    values (${newId()}, ${listing.id}, ${quantity}, ${holder.kind}, ${holder.id},
            ${expiresAt.toISOString()}::timestamptz, ${now}::timestamptz)`.execute(tx.sql);
  await changeListing(tx, listing, { kind: 'stock', apply: () => void (listing.reserved += quantity) });
  return true;
}

/** Moves the end of a holder's reservations. False when any of them is gone or there is none. */
export async function extendReservation(
  tx: Tx,
  { holder, expiresAt }: { holder: Holder; expiresAt: Date },
): Promise<boolean> {
  const { active, gone } = await lockReservations(tx, holder);
  if (gone || active.length === 0) return false;
  for (const { reservation } of active) reservation.expiresAt = expiresAt;
  return true;
}

/** Hands a holder's reservations to another: an offer's to its order. False when any is gone or there is none. */
export async function transferReservation(
  tx: Tx,
  { from, to, expiresAt }: { from: Holder; to: Holder; expiresAt: Date },
): Promise<boolean> {
  const { active, gone } = await lockReservations(tx, from);
  if (gone || active.length === 0) return false;
  for (const { reservation } of active) {
    Object.assign(reservation, { holderKind: to.kind, holderId: to.id, expiresAt });
  }
  await tx.db.flush();
  return true;
}

/** Gives back whatever a holder still keeps aside. Doing it again is harmless. */
export async function releaseReservation(tx: Tx, holder: Holder): Promise<void> {
  const { active } = await lockReservations(tx, holder);
  for (const { reservation, listing } of active) await release(tx, { reservation, listing });
}

/**
 * The same for many holders of one kind, in a few statements whatever their number; each listing changes once. The
 * holders' own rows must be locked already.
 */
export async function releaseReservationsOf(
  tx: Tx,
  { kind, ids }: { kind: string; ids: readonly string[] },
): Promise<void> {
  await tx.db.flush();
  const held = sql`
    holder_kind = ${kind} and holder_id = any(${`{${ids.join(',')}}`}::uuid[])
    and released_at is null and consumed_at is null`;
  const seen = await sql<{ id: ListingId }>`select distinct listing_id as id from reservation where ${held}`.execute(
    tx.sql,
  );
  if (seen.rows.length === 0) return;
  const listings = await tx.db.find(
    ListingEntity,
    { id: { $in: seen.rows.map(({ id }) => id) } },
    { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true, orderBy: { id: 'asc' } },
  );
  const now = (await tx.now()).toISOString();
  const { rows } = await sql<{ listing_id: string; units: string }>`
    with released as (
      update reservation set released_at = ${now}::timestamptz where ${held} returning listing_id, quantity
    )
    select listing_id, sum(quantity)::text as units from released group by listing_id`.execute(tx.sql);
  const units = new Map(rows.map((row) => [row.listing_id, Number(row.units)]));
  const changed = listings.filter(({ id }) => units.has(id));
  assert(changed.length === units.size, 'all listings of released reservations are locked');
  const apply = (listing: Listing) => () => void (listing.reserved -= units.get(listing.id) ?? 0);
  await changeListings(
    tx,
    changed.map((listing) => ({ listing, kind: 'stock' as const, apply: apply(listing) })),
  );
}

export interface Sold {
  readonly listingId: string;
  readonly quantity: number;
  /** Whether this sale took the last unit. */
  readonly soldOut: boolean;
}

/**
 * Turns a holder's reservations into sales. Null, changing nothing, when any of them was released or there is none:
 * the caller releases the rest, then reserves again or refunds. A reservation past its time still counts while nobody
 * has released it.
 */
export async function consumeReservation(tx: Tx, holder: Holder): Promise<Sold[] | null> {
  const { active, gone } = await lockReservations(tx, holder);
  if (gone || active.length === 0) return null;
  const now = await tx.now();
  const sold: Sold[] = [];
  for (const { reservation, listing } of active) {
    reservation.consumedAt = now;
    const { quantity } = reservation;
    const state = quantity === listing.quantity ? moved(listing, 'sellOut') : listing.state;
    const soldOut = state !== listing.state;
    await changeListing(tx, listing, {
      kind: soldOut ? 'sold_out' : 'stock',
      apply: () =>
        Object.assign(listing, { quantity: listing.quantity - quantity, reserved: listing.reserved - quantity, state }),
    });
    sold.push({ listingId: listing.id, quantity, soldOut });
  }
  return sold;
}

/** Puts sold units back on the shelf: a cancelled or rejected order. Locks the listing. */
export async function returnStock(
  tx: Tx,
  { listingId, quantity }: { listingId: string; quantity: number },
): Promise<void> {
  assert(Number.isInteger(quantity) && quantity > 0, `returning ${quantity} units`);
  const listing = await lockListing(tx, listingId);
  assert(listing, `listing ${listingId} of returned stock exists`);
  const state = moved(listing, 'restock');
  await changeListing(tx, listing, {
    kind: state === listing.state ? 'stock' : 'restocked',
    apply: () => Object.assign(listing, { quantity: listing.quantity + quantity, state }),
  });
}

/** Gives back one listing's reservations that are past their time. The listing must be locked. */
export async function releaseExpired(tx: Tx, listing: Listing): Promise<void> {
  const expired = await tx.db.find(ReservationEntity, {
    listingId: listing.id,
    releasedAt: null,
    consumedAt: null,
    expiresAt: { $lte: await tx.now() },
  });
  for (const reservation of expired) await release(tx, { reservation, listing });
}

async function release(
  tx: Tx,
  { reservation, listing }: { reservation: Reservation; listing: Listing },
): Promise<void> {
  reservation.releasedAt = await tx.now();
  await changeListing(tx, listing, { kind: 'stock', apply: () => void (listing.reserved -= reservation.quantity) });
}

/**
 * Locks the listings of a holder's reservations in id order, then reads the reservations as they are under the locks.
 * The holder's own row must be locked already, so that nobody adds to its reservations meanwhile.
 */
async function lockReservations(tx: Tx, holder: Holder) {
  await tx.db.flush();
  const where = { holderKind: holder.kind, holderId: holder.id, consumedAt: null };
  const listings = new Map<string, Listing>();
  const seen = await tx.db.find(ReservationEntity, where);
  for (const id of [...new Set(seen.map(({ listingId }) => listingId))].toSorted()) {
    const listing = await lockListing(tx, id);
    assert(listing, `listing ${id} of a reservation exists`);
    listings.set(id, listing);
  }
  const locked = { ...where, listingId: { $in: [...listings.keys()] as ListingId[] } };
  const current = await tx.db.find(ReservationEntity, locked, {
    refresh: true,
    orderBy: { listingId: 'asc', id: 'asc' },
  });
  const active = current
    .filter(({ releasedAt }) => !releasedAt)
    .map((reservation) => {
      const listing = listings.get(reservation.listingId);
      assert(listing, `listing ${reservation.listingId} is locked`);
      return { reservation, listing };
    });
  return { active, gone: active.length < current.length };
}

/** Where a system move leads; a state without that move stays. */
function moved(listing: Listing, name: 'sellOut' | 'restock'): ListingState {
  return target(listingMachine, name, { state: listing.state, by: 'system' }) ?? listing.state;
}
