import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import type { z } from 'zod';
import { id, type UserId } from '../kernel/ids.ts';
import type { Currency } from '../kernel/money.ts';
import type { OrderGroupState, OrderState } from './machine.ts';

export const OrderGroupId = id('OrderGroupId');
export type OrderGroupId = z.infer<typeof OrderGroupId>;
export const OrderId = id('OrderId');
export type OrderId = z.infer<typeof OrderId>;

export const deliveryMethods = ['pickup', 'hub', 'courier'] as const;
export type DeliveryMethod = (typeof deliveryMethods)[number];
export const paymentMethods = ['card', 'mpesa', 'yookassa', 'stars', 'wallet', 'cod', 'sandbox'] as const;
export type PaymentMethod = (typeof paymentMethods)[number];
/** Where the money of an order that did not come about stands. */
export const refundStates = ['due', 'pending', 'refunded', 'failed'] as const;
export type RefundState = (typeof refundStates)[number];

/** Where a courier brings an order. */
export interface Address {
  readonly text: string;
  readonly location?: { readonly lat: number; readonly lon: number } | undefined;
}

export const OrderGroupEntity = defineEntity({
  name: 'OrderGroup',
  tableName: 'order_group',
  properties: {
    id: p.uuid().$type<OrderGroupId>().primary(),
    buyerId: p.uuid().$type<UserId>(),
    state: p.text().$type<OrderGroupState>(),
    paymentMethod: p.text().$type<PaymentMethod>(),
    currency: p.text().$type<Currency>(),
    totalMinor: p.bigint('number'),
    walletMinor: p.bigint('number'),
    deadline: p.datetime(),
    attemptsDue: p.boolean(),
    version: p.integer(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
});
export type OrderGroup = InferEntity<typeof OrderGroupEntity>;

export const OrderEntity = defineEntity({
  name: 'Order',
  tableName: 'sub_order',
  properties: {
    id: p.uuid().$type<OrderId>().primary(),
    groupId: p.uuid().$type<OrderGroupId>(),
    buyerId: p.uuid().$type<UserId>(),
    sellerId: p.uuid().$type<UserId>(),
    buyerName: p.text(),
    sellerName: p.text(),
    offerId: p.uuid().nullable(),
    state: p.text().$type<OrderState>(),
    refundState: p.text().$type<RefundState>().nullable(),
    deliveryMethod: p.text().$type<DeliveryMethod>(),
    currency: p.text().$type<Currency>(),
    goodsMinor: p.bigint('number'),
    deliveryMinor: p.bigint('number'),
    discountMinor: p.bigint('number'),
    totalMinor: p.bigint('number'),
    refundedMinor: p.bigint('number'),
    /** What is on its way back. */
    refundingMinor: p.bigint('number').default(0),
    hubId: p.uuid().nullable(),
    address: p.json().$type<Address>().nullable(),
    /** It was packed, or cancelled since, and its shipment has not followed yet. */
    shipmentDue: p.boolean().default(false),
    pickupCode: p.text(),
    pickupTries: p.integer(),
    pickupLockedUntil: p.datetime().nullable(),
    reason: p.text().nullable(),
    deadline: p.datetime().nullable(),
    placedAt: p.datetime().nullable(),
    completedAt: p.datetime().nullable(),
    remindAt: p.datetime().nullable(),
    reminders: p.integer(),
    version: p.integer(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
});
export type Order = InferEntity<typeof OrderEntity>;

/** Who moves an order. Staff of hubs are never told apart. */
export const orderSides = ['buyer', 'seller', 'hub', 'system'] as const;

export const OrderMoveEntity = defineEntity({
  name: 'OrderMove',
  tableName: 'order_move',
  properties: {
    orderId: p.uuid().$type<OrderId>().primary(),
    version: p.integer().primary(),
    name: p.text(),
    fromState: p.text().$type<OrderState>().nullable(),
    toState: p.text().$type<OrderState>(),
    bySide: p.text().$type<(typeof orderSides)[number]>(),
    at: p.datetime(),
  },
});

export const OrderLineEntity = defineEntity({
  name: 'OrderLine',
  tableName: 'order_line',
  properties: {
    id: p.uuid().primary(),
    orderId: p.uuid().$type<OrderId>(),
    listingId: p.uuid(),
    title: p.text(),
    unitPriceMinor: p.bigint('number'),
    quantity: p.integer(),
    totalMinor: p.bigint('number'),
  },
});
export type OrderLine = InferEntity<typeof OrderLineEntity>;
