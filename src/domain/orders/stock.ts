import {
  consumeReservation,
  releaseReservation,
  releaseReservationsOf,
  reserve,
  returnStock,
  type Holder,
} from '../catalog/index.ts';
import type { Tx } from '../kernel/define.ts';
import { supersedeOffers } from '../offers/index.ts';
import type { OrderGroup } from './entities.ts';
import { orderLimits } from './settings.ts';
import type { OrderWithLines } from './views.ts';

const holderKind = 'order_group';

/** A group's reservations; all its lines are held by it together. */
export function holderOf(group: Pick<OrderGroup, 'id'>): Holder {
  return { kind: holderKind, id: group.id };
}

// Released reservations of a holder spoil its later ones, so stock that is taken again has a holder of its own.
function lateHolderOf(group: OrderGroup): Holder {
  return { kind: 'late_order_group', id: group.id };
}

/** Until when stock is held for a payment window. */
export function heldUntil(deadline: Date): Date {
  return new Date(deadline.getTime() + orderLimits.reservationGraceMs);
}

/** Turns what the group holds into sales. False when the stock is no longer held. */
export async function sellHeld(tx: Tx, group: OrderGroup): Promise<boolean> {
  return sell(tx, holderOf(group));
}

/** Takes the stock of a group anew and sells it, all of it or nothing. */
export async function sellAgain(tx: Tx, group: OrderGroup, orders: readonly OrderWithLines[]): Promise<boolean> {
  const holder = lateHolderOf(group);
  const expiresAt = heldUntil(await tx.now());
  for (const [listingId, quantity] of quantitiesOf(orders)) {
    if (await reserve(tx, { listingId, quantity, holder, expiresAt })) continue;
    await releaseReservation(tx, holder);
    return false;
  }
  return sell(tx, holder);
}

/** Gives back what unpaid groups hold. */
export async function releaseHeld(tx: Tx, groups: readonly OrderGroup[]): Promise<void> {
  await releaseReservationsOf(tx, { kind: holderKind, ids: groups.map(({ id }) => id) });
}

/** Puts the sold units of orders back on the shelf, listings in the order of their ids. */
export async function returnSold(tx: Tx, orders: readonly OrderWithLines[]): Promise<void> {
  for (const [listingId, quantity] of quantitiesOf(orders)) await returnStock(tx, { listingId, quantity });
}

async function sell(tx: Tx, holder: Holder): Promise<boolean> {
  const sold = await consumeReservation(tx, holder);
  for (const { listingId, soldOut } of sold ?? []) if (soldOut) await supersedeOffers(tx, listingId);
  return sold !== null;
}

/** Units by listing, in id order; lines on one listing are summed. */
function quantitiesOf(orders: readonly OrderWithLines[]): [string, number][] {
  const sums = new Map<string, number>();
  for (const { listingId, quantity } of orders.flatMap(({ lines }) => lines)) {
    sums.set(listingId, (sums.get(listingId) ?? 0) + quantity);
  }
  return [...sums].toSorted(([a], [b]) => (a < b ? -1 : 1));
}
