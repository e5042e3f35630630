import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import type { z } from 'zod';
import type { DeliveryAddress, HubId, PartnerId } from '../delivery/index.ts';
import { id, type UserId } from '../kernel/ids.ts';
import type { Currency } from '../kernel/money.ts';
import type { OrderId } from '../orders/index.ts';
import type { ShipmentState } from './machine.ts';

export const ShipmentId = id('ShipmentId');
export type ShipmentId = z.infer<typeof ShipmentId>;
export const ClosingId = id('ClosingId');
export type ClosingId = z.infer<typeof ClosingId>;

export const shipmentMethods = ['hub', 'courier'] as const;
export const holders = ['seller', 'hub', 'partner', 'buyer'] as const;
export type Holder = (typeof holders)[number];
/** `remitted`: the hub has handed it over. `void`: it will never be collected, for the parcel goes back. */
export type CashState = 'due' | 'collected' | 'remitted' | 'void';

export const ShipmentEntity = defineEntity({
  name: 'Shipment',
  tableName: 'shipment',
  properties: {
    id: p.uuid().$type<ShipmentId>().primary(),
    orderId: p.uuid().$type<OrderId>(),
    buyerId: p.uuid().$type<UserId>(),
    sellerId: p.uuid().$type<UserId>(),
    recipientName: p.text(),
    address: p.json().$type<DeliveryAddress>().nullable(),
    method: p.text().$type<(typeof shipmentMethods)[number]>(),
    hubId: p.uuid().$type<HubId>(),
    hubName: p.text(),
    partnerId: p.uuid().$type<PartnerId>().nullable(),
    partnerName: p.text().nullable(),
    state: p.text().$type<ShipmentState>(),
    scanCode: p.text(),
    deliveryCode: p.text(),
    codeTries: p.integer(),
    codeLockedUntil: p.datetime().nullable(),
    failedTries: p.integer(),
    reason: p.text().nullable(),
    proofKind: p.text().$type<'code' | 'photo'>().nullable(),
    proofUploadId: p.uuid().nullable(),
    deadline: p.datetime().nullable(),
    remindAt: p.datetime().nullable(),
    currency: p.text().$type<Currency>(),
    cashMinor: p.bigint('number').nullable(),
    cashState: p.text().$type<CashState>().nullable(),
    cashCollectedAt: p.datetime().nullable(),
    cashCollectedBy: p.uuid().$type<UserId>().nullable(),
    closingId: p.uuid().$type<ClosingId>().nullable(),
    version: p.integer(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
});
export type Shipment = InferEntity<typeof ShipmentEntity>;

export const CustodyEntity = defineEntity({
  name: 'ShipmentCustody',
  tableName: 'shipment_custody',
  properties: {
    id: p.uuid().primary(),
    shipmentId: p.uuid().$type<ShipmentId>(),
    event: p.text().$type<CustodyEvent>(),
    holder: p.text().$type<Holder>(),
    holderId: p.uuid().nullable(),
    holderName: p.text().nullable(),
    reason: p.text().nullable(),
    actorId: p.uuid().$type<UserId>().nullable(),
    at: p.datetime(),
  },
});

export const custodyEvents = [
  'packed',
  'at_hub',
  'out_for_delivery',
  'failed',
  'delivered',
  'returning',
  'returned',
  'lost',
  'cancelled',
] as const;
export type CustodyEvent = (typeof custodyEvents)[number];

export const ClosingEntity = defineEntity({
  name: 'HubClosing',
  tableName: 'hub_closing',
  properties: {
    id: p.uuid().$type<ClosingId>().primary(),
    hubId: p.uuid().$type<HubId>(),
    currency: p.text().$type<Currency>(),
    businessDate: p.date(),
    expectedMinor: p.bigint('number'),
    countedMinor: p.bigint('number'),
    collections: p.integer(),
    note: p.text().nullable(),
    closedBy: p.uuid().$type<UserId>(),
    version: p.integer(),
    createdAt: p.datetime(),
  },
});
export type Closing = InferEntity<typeof ClosingEntity>;
