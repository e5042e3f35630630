import { freePlaces } from '../delivery/index.ts';
import type { Tx } from '../kernel/define.ts';
import { assert } from '../kernel/errors.ts';
import { newId, type UserId } from '../kernel/ids.ts';
import { applyMove, target } from '../kernel/machine.ts';
import { moveOrderByHub, type HubMove } from '../orders/index.ts';
import { CustodyEntity, type CustodyEvent, type Holder, type Shipment } from './entities.ts';
import { shipmentChanged, shipmentTold, type ShipmentChangeKind } from './events.ts';
import { shipmentMachine, type ShipmentMove } from './machine.ts';
import { shipmentRules } from './rules.ts';
import { fits, shipmentView, hubShipmentView } from './views.ts';

export interface ShipmentStep {
  readonly name: ShipmentMove;
  readonly by: 'hub' | 'system';
  readonly actorId: UserId | null;
  readonly reason?: string;
}

/** What an order does with its shipment. A parcel that is scanned again after a failure moves no order. */
function orderMoveOf(name: ShipmentMove, from: Shipment['state']): HubMove | null {
  if (name === 'receiveAtHub') return from === 'awaiting_drop_off' ? 'receiveAtHub' : null;
  if (name === 'fail') return 'failDelivery';
  if (name === 'giveUp' || name === 'returnToSeller') return 'returnToSeller';
  if (name === 'lose') return 'loseParcel';
  return name === 'dispatch' || name === 'deliver' ? name : null;
}

function holderAfter(name: ShipmentMove, from: Shipment['state']): Holder {
  if (name === 'receiveAtHub' || (name === 'returnToSeller' && from === 'at_hub')) return 'hub';
  if (name === 'deliver') return 'buyer';
  return name === 'handBack' || name === 'cancel' ? 'seller' : 'partner';
}

/**
 * Moves a locked shipment and its order, writes down who has it, and tells everybody. False, changing nothing, when
 * there is no such move. A parcel that goes back is refunded at once: nobody waits for money until it has arrived.
 */
export async function moveShipment(tx: Tx, shipment: Shipment, step: ShipmentStep): Promise<boolean> {
  const { name, by, actorId, reason } = step;
  const from = shipment.state;
  if (!fits(name, shipment) || target(shipmentMachine, name, { state: from, by }) === null) return false;
  const orderMove = orderMoveOf(name, from);
  if (orderMove && !(await moveOrderByHub(tx, { orderId: shipment.orderId, name: orderMove }))) return false;
  if (name === 'handBack') await freePlaces(tx, [shipment.orderId]);
  const at = await tx.now();
  applyMove(shipmentMachine, shipment, { name, by, at });
  const event = eventOf(shipment.state);
  startState(shipment, at);
  if (reason !== undefined) shipment.reason = reason;
  if ((event === 'returning' || event === 'lost') && shipment.cashState === 'due') shipment.cashState = 'void';
  await noteCustody(tx, shipment, { event, holder: holderAfter(name, from), actorId, ...(reason && { reason }) });
  await tellShipment(tx, shipment, event);
  return true;
}

/** Sets until when somebody may have the parcel, and when a courier's hub hears that the time is running out. */
function startState(shipment: Shipment, at: Date): void {
  const { keptAtHubMs, keptByCourierMs } = shipmentRules;
  const withCourier = shipment.state === 'out_for_delivery' || shipment.state === 'failed';
  const keptMs = withCourier ? keptByCourierMs : keptAtHubMs;
  const isKept = withCourier || shipment.state === 'at_hub';
  shipment.deadline = isKept ? new Date(at.getTime() + keptMs) : null;
  shipment.remindAt = withCourier ? new Date(at.getTime() + keptMs / 2) : null;
}

function eventOf(state: Shipment['state']): Exclude<CustodyEvent, 'packed'> {
  assert(state !== 'awaiting_drop_off', 'no move leads back to the seller’s table');
  return state;
}

/** Adds to the chain of custody: names of the hub and of the courier, never of who works there. */
export async function noteCustody(
  tx: Tx,
  shipment: Shipment,
  note: { event: CustodyEvent; holder: Holder; actorId: UserId | null; reason?: string },
): Promise<void> {
  const { id: shipmentId, hubId, hubName, partnerId = null, partnerName = null } = shipment;
  const { holder } = note;
  const named = { hub: [hubId, hubName], partner: [partnerId, partnerName], seller: [null, null], buyer: [null, null] };
  const [holderId = null, holderName = null] = named[holder];
  tx.db.create(CustodyEntity, {
    id: newId(),
    shipmentId,
    event: note.event,
    holder,
    holderId,
    holderName,
    reason: note.reason ?? null,
    actorId: note.actorId,
    at: await tx.now(),
  });
}

/** Tells both sides, each with their own view, and the staff of the hub. */
export async function tellShipment(tx: Tx, shipment: Shipment, kind: ShipmentChangeKind): Promise<void> {
  await tx.db.flush();
  const { buyerId, sellerId, hubId } = shipment;
  tx.emit(shipmentChanged, buyerId, { view: shipmentView(shipment, 'buyer'), change: { kind } });
  tx.emit(shipmentChanged, sellerId, { view: shipmentView(shipment, 'seller'), change: { kind } });
  tx.publish(shipmentTold, `hub:${hubId}`, hubShipmentView(shipment));
}
