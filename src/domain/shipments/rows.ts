import { LockMode } from '@mikro-orm/core';
import { staffsHub } from '../delivery/index.ts';
import type { Tx } from '../kernel/define.ts';
import { assert } from '../kernel/errors.ts';
import type { UserId } from '../kernel/ids.ts';
import { actsFor } from '../merchants/index.ts';
import { lockOrder } from '../orders/index.ts';
import { ShipmentEntity, type Shipment, type ShipmentId } from './entities.ts';

// Locks are taken in the order hub, orders, shipments, escrows, payments.

/** Locks a shipment with its order and reads it afresh. */
export async function lockShipment(tx: Tx, { id, orderId }: Pick<Shipment, 'id' | 'orderId'>): Promise<Shipment> {
  assert(await lockOrder(tx, orderId), `order ${orderId} of a shipment exists`);
  const lock = { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true } as const;
  return tx.db.findOneOrFail(ShipmentEntity, { id }, lock);
}

/**
 * The same for what decides where the money goes: nobody says of what they buy or sell themselves that it was handed
 * over, paid for or sent back.
 */
export async function lockOthersShipment(
  caller: Omit<HubCaller, 'fail'> & { fail(code: 'shipments.not_found' | 'shipments.own_parcel'): never },
  shipmentId: ShipmentId,
): Promise<Shipment> {
  const shipment = await lockHubShipment(caller, { shipmentId });
  const { tx, userId } = caller;
  const { buyerId, sellerId } = shipment;
  if (buyerId === userId || (await actsFor(tx.db, { userId, sellerId }, 'orders'))) caller.fail('shipments.own_parcel');
  return shipment;
}

export interface HubCaller {
  readonly tx: Tx;
  readonly userId: UserId;
  fail(code: 'shipments.not_found'): never;
}

/** Locks a shipment for somebody who works for its hub; to everybody else, other hubs too, it does not exist. */
export async function lockHubShipment(
  { tx, userId, fail }: HubCaller,
  by: { shipmentId: ShipmentId } | { scanCode: string; hubId: string },
): Promise<Shipment> {
  const where = 'shipmentId' in by ? { id: by.shipmentId } : { scanCode: by.scanCode, hubId: by.hubId as never };
  const seen = await tx.db.findOne(ShipmentEntity, where);
  if (!seen || !(await staffsHub(tx.db, { userId, hubId: seen.hubId }))) return fail('shipments.not_found');
  return lockShipment(tx, seen);
}
