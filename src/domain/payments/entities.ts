import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import type { z } from 'zod';
import { id, type UserId } from '../kernel/ids.ts';
import type { Currency } from '../kernel/money.ts';
import type { OrderGroupId, PaymentMethod } from '../orders/index.ts';
import type { FactSubject } from './facts.ts';
import type { PaymentState, RefundState } from './machine.ts';
import type { PaymentAction } from './provider.ts';

export const PaymentId = id('PaymentId');
export type PaymentId = z.infer<typeof PaymentId>;

/** What an attempt pays for. */
export const paymentPurposes = ['order', 'top_up'] as const;
export type PaymentPurpose = (typeof paymentPurposes)[number];

export const PaymentEntity = defineEntity({
  name: 'Payment',
  tableName: 'payment',
  properties: {
    id: p.uuid().$type<PaymentId>().primary(),
    purpose: p.text().$type<PaymentPurpose>(),
    /** Null for a top-up. */
    orderGroupId: p.uuid().$type<OrderGroupId>().nullable(),
    payerId: p.uuid().$type<UserId>(),
    method: p.text().$type<PaymentMethod>(),
    provider: p.text(),
    state: p.text().$type<PaymentState>(),
    amountMinor: p.bigint('number'),
    currency: p.text().$type<Currency>(),
    capturedMinor: p.bigint('number'),
    refundedMinor: p.bigint('number'),
    /** That the bank has not decided on. */
    openChargebacks: p.integer(),
    /** What the market has lost to a chargeback of it, and which. */
    lostTo: p.uuid().nullable(),
    lostMinor: p.bigint('number'),
    providerRef: p.text().nullable(),
    action: p.json().$type<PaymentAction>().nullable(),
    returnUrl: p.text().nullable(),
    failureReason: p.text().nullable(),
    deadline: p.datetime(),
    submitAt: p.datetime().nullable(),
    submitTries: p.integer(),
    pollAt: p.datetime().nullable(),
    pollTries: p.integer(),
    reconciledAt: p.datetime().nullable(),
    /** It captured money before there was a ledger, which is still to be booked. */
    unbooked: p.boolean().default(false),
    version: p.integer(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
});
export type Payment = InferEntity<typeof PaymentEntity>;

export const ProviderEventEntity = defineEntity({
  name: 'ProviderEvent',
  tableName: 'provider_event',
  properties: {
    id: p.uuid().primary(),
    provider: p.text(),
    eventId: p.text(),
    source: p.text().$type<'webhook' | 'call'>(),
    subject: p.text().$type<FactSubject>(),
    rawBody: p.text().nullable(),
    fact: p.json(),
    outcome: p.text().$type<'pending' | 'applied' | 'ignored' | 'refused'>(),
    reason: p.text().nullable(),
    paymentId: p.uuid().$type<PaymentId>().nullable(),
    dueAt: p.datetime(),
    tries: p.integer(),
    receivedAt: p.datetime(),
  },
});
export type ProviderEvent = InferEntity<typeof ProviderEventEntity>;

export const RefundEntity = defineEntity({
  name: 'Refund',
  tableName: 'refund',
  properties: {
    id: p.uuid().primary(),
    /** Null for a part that went back to a wallet at once. */
    paymentId: p.uuid().$type<PaymentId>().nullable(),
    orderId: p.uuid().nullable(),
    state: p.text().$type<RefundState>(),
    amountMinor: p.bigint('number'),
    currency: p.text().$type<Currency>(),
    providerRef: p.text().nullable(),
    submitAt: p.datetime(),
    submitTries: p.integer(),
    held: p.boolean(),
    version: p.integer(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
});
export type Refund = InferEntity<typeof RefundEntity>;

export const differenceKinds = [
  'unknown_charge',
  'missing_capture',
  'missing_refund',
  'amount_differs',
  'charge_missing',
] as const;
export type DifferenceKind = (typeof differenceKinds)[number];

export const DifferenceEntity = defineEntity({
  name: 'ReconciliationDifference',
  tableName: 'reconciliation_difference',
  properties: {
    id: p.uuid().primary(),
    provider: p.text(),
    kind: p.text().$type<DifferenceKind>(),
    subject: p.text(),
    paymentId: p.uuid().$type<PaymentId>().nullable(),
    currency: p.text(),
    oursMinor: p.bigint('number'),
    theirsMinor: p.bigint('number'),
    firstSeenAt: p.datetime(),
    lastSeenAt: p.datetime(),
    resolvedAt: p.datetime().nullable(),
  },
});
export type Difference = InferEntity<typeof DifferenceEntity>;
