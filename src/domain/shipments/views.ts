import { z } from 'zod';
import { DeliveryAddress, HubId, PartnerId } from '../delivery/index.ts';
import { UserId } from '../kernel/ids.ts';
import { movesFor } from '../kernel/machine.ts';
import { Currency } from '../kernel/money.ts';
import { orNull } from '../kernel/or-null.ts';
import { iso, Timestamp } from '../kernel/timestamp.ts';
import { OrderId } from '../orders/index.ts';
import { ClosingId, ShipmentId, shipmentMethods, type Closing, type Shipment } from './entities.ts';
import { shipmentMachine } from './machine.ts';

const Cash = z.object({ amountMinor: z.int(), isCollected: z.boolean() });

const common = {
  id: ShipmentId,
  version: z.int(),
  orderId: OrderId,
  method: z.enum(shipmentMethods),
  state: z.enum(shipmentMachine.states),
  hub: z.object({ id: HubId, name: z.string() }),
  partner: orNull(z.object({ id: PartnerId, name: z.string() })),
  /** How often it could not be delivered. */
  failedTries: z.int(),
  reason: orNull(z.string()),
  currency: Currency,
  /** To be paid in cash before it is handed over. */
  cash: orNull(Cash),
  /** Until when the hub keeps it, or its courier has it before it counts as lost. */
  deadline: orNull(Timestamp),
  createdAt: Timestamp,
  updatedAt: Timestamp,
};

/** The parcel of an order, as one of its two sides sees it. */
export const ShipmentView = z.object({
  ...common,
  role: z.enum(['buyer', 'seller']),
  /** On the label; `shipments.label` has it as a picture too. For the seller alone. */
  scanCode: orNull(z.string()),
  /** For the buyer alone, who tells it when the parcel is handed over. */
  deliveryCode: orNull(z.string()),
});

/** The same, as the staff of its hub sees it. */
export const HubShipmentView = z.object({
  ...common,
  recipient: z.object({ name: z.string(), address: orNull(DeliveryAddress) }),
  allowedActions: z.array(z.string()),
});

export type ShipmentSide = 'buyer' | 'seller';

function commonView(shipment: Shipment) {
  const { id, version, orderId, method, state, hubId, hubName, partnerId, partnerName, failedTries } = shipment;
  const { cashMinor, cashState } = shipment;
  return {
    id,
    version,
    orderId,
    method,
    state,
    hub: { id: hubId, name: hubName },
    partner: partnerId ? { id: partnerId, name: partnerName ?? '' } : null,
    failedTries,
    reason: shipment.reason ?? null,
    currency: shipment.currency,
    cash:
      cashMinor && cashState !== 'void'
        ? { amountMinor: cashMinor, isCollected: cashState === 'collected' || cashState === 'remitted' }
        : null,
    deadline: iso(shipment.deadline),
    createdAt: iso(shipment.createdAt),
    updatedAt: iso(shipment.updatedAt),
  };
}

const untilDelivered: ReadonlySet<string> = new Set(['awaiting_drop_off', 'at_hub', 'out_for_delivery', 'failed']);

export function shipmentView(shipment: Shipment, role: ShipmentSide): z.input<typeof ShipmentView> {
  const codeShown = role === 'buyer' && untilDelivered.has(shipment.state);
  return {
    ...commonView(shipment),
    role,
    scanCode: role === 'seller' ? shipment.scanCode : null,
    deliveryCode: codeShown ? shipment.deliveryCode : null,
  };
}

export function hubShipmentView(shipment: Shipment): z.input<typeof HubShipmentView> {
  const { recipientName: name, address = null } = shipment;
  return { ...commonView(shipment), recipient: { name, address }, allowedActions: hubActions(shipment) };
}

const cashStates: ReadonlySet<string> = new Set(['at_hub', 'out_for_delivery']);

/** Whether cash may be taken for it now. */
export function takesCash({ state, cashState }: Shipment): boolean {
  return cashState === 'due' && cashStates.has(state);
}

/** Whether the way of delivery has this move: what is fetched at the hub is not given to a courier. */
export function fits(move: string, { method, state }: Shipment): boolean {
  if (method === 'hub') return move !== 'dispatch';
  return move !== 'deliver' || state === 'out_for_delivery';
}

function hubActions(shipment: Shipment): string[] {
  const moves = movesFor(shipmentMachine, { state: shipment.state, by: 'hub' })
    .filter((move) => move !== 'giveUp' && fits(move, shipment))
    .filter((move) => move !== 'deliver' || shipment.cashState !== 'due')
    .map((move) => `shipments.${move}`);
  return takesCash(shipment) ? [...moves, 'shipments.collectCash'] : moves;
}

export const ClosingView = z.object({
  id: ClosingId,
  version: z.int(),
  hubId: HubId,
  currency: Currency,
  /** By the clock of the hub. */
  date: z.iso.date(),
  expectedMinor: z.int(),
  countedMinor: z.int(),
  /** What was counted less what was expected. */
  differenceMinor: z.int(),
  collections: z.int(),
  note: orNull(z.string()),
  closedBy: UserId,
  createdAt: Timestamp,
});

export function closingView(closing: Closing): z.input<typeof ClosingView> {
  const { id, version, hubId, currency, businessDate, expectedMinor, countedMinor, collections, closedBy } = closing;
  return {
    id,
    version,
    hubId,
    currency,
    date: businessDate,
    expectedMinor,
    countedMinor,
    differenceMinor: countedMinor - expectedMinor,
    collections,
    note: closing.note ?? null,
    closedBy,
    createdAt: iso(closing.createdAt),
  };
}
