import { randomInt } from 'node:crypto';
import { readHub } from '../delivery/index.ts';
import { lockEscrow } from '../escrow/index.ts';
import type { Tx } from '../kernel/define.ts';
import { assert } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import type { OrderWithLines } from '../orders/index.ts';
import { ShipmentEntity, type ShipmentId } from './entities.ts';
import { noteCustody, tellShipment } from './moving.ts';
import { newScanCode } from './scan-code.ts';

type Order = OrderWithLines['order'];

/** Makes the shipment of a packed order, which is locked. */
export async function openShipment(tx: Tx, order: Order): Promise<void> {
  const { id: orderId, buyerId, sellerId, buyerName, deliveryMethod: method, hubId, address = null, currency } = order;
  assert(method !== 'pickup' && hubId, `order ${orderId} goes by a hub`);
  const hub = await readHub(tx.db, hubId);
  assert(hub, `hub ${hubId} exists`);
  const escrow = await lockEscrow(tx, orderId);
  const cashMinor = escrow?.cashState === 'due' ? escrow.cashMinor : null;
  const now = await tx.now();
  const shipment = tx.db.create(ShipmentEntity, {
    id: newId<ShipmentId>(),
    orderId,
    buyerId,
    sellerId,
    recipientName: buyerName,
    address,
    method,
    hubId,
    hubName: hub.name,
    partnerId: null,
    partnerName: null,
    state: 'awaiting_drop_off',
    scanCode: newScanCode(),
    deliveryCode: String(randomInt(1_000_000)).padStart(6, '0'),
    codeTries: 0,
    codeLockedUntil: null,
    failedTries: 0,
    reason: null,
    proofKind: null,
    proofUploadId: null,
    deadline: null,
    remindAt: null,
    currency,
    cashMinor,
    cashState: cashMinor === null ? null : 'due',
    cashCollectedAt: null,
    cashCollectedBy: null,
    closingId: null,
    version: 1,
    createdAt: now,
    updatedAt: now,
  });
  await tx.db.flush();
  await noteCustody(tx, shipment, { event: 'packed', holder: 'seller', actorId: null });
  await tellShipment(tx, shipment, 'created');
}
