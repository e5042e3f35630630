import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import type { z } from 'zod';
import { id, type UserId } from '../kernel/ids.ts';
import type { Currency } from '../kernel/money.ts';
import type { OrderId } from '../orders/index.ts';
import type { DisputeState, RefundRequestState } from './machine.ts';

export const RefundRequestId = id('RefundRequestId');
export type RefundRequestId = z.infer<typeof RefundRequestId>;
export const DisputeId = id('DisputeId');
export type DisputeId = z.infer<typeof DisputeId>;

export const disputeReasons = ['not_received', 'damaged', 'not_as_described', 'other'] as const;
export type DisputeReason = (typeof disputeReasons)[number];

export interface RequestedLine {
  readonly listingId: string;
  readonly title: string;
  readonly quantity: number;
}

export const RefundRequestEntity = defineEntity({
  name: 'RefundRequest',
  tableName: 'refund_request',
  properties: {
    id: p.uuid().$type<RefundRequestId>().primary(),
    orderId: p.uuid().$type<OrderId>(),
    buyerId: p.uuid().$type<UserId>(),
    sellerId: p.uuid().$type<UserId>(),
    state: p.text().$type<RefundRequestState>(),
    currency: p.text().$type<Currency>(),
    amountMinor: p.bigint('number'),
    approvedMinor: p.bigint('number').nullable(),
    lines: p.json().$type<RequestedLine[]>().nullable(),
    reason: p.text(),
    evidenceIds: p.array().$type<string[]>(),
    answer: p.text().nullable(),
    deadline: p.datetime(),
    dueAt: p.datetime(),
    receiptAt: p.datetime().nullable(),
    disputeId: p.uuid().$type<DisputeId>().nullable(),
    decidedAt: p.datetime().nullable(),
    version: p.integer(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
});
export type RefundRequest = InferEntity<typeof RefundRequestEntity>;

export const DisputeEntity = defineEntity({
  name: 'Dispute',
  tableName: 'dispute',
  properties: {
    id: p.uuid().$type<DisputeId>().primary(),
    orderId: p.uuid().$type<OrderId>(),
    buyerId: p.uuid().$type<UserId>(),
    sellerId: p.uuid().$type<UserId>(),
    state: p.text().$type<DisputeState>(),
    currency: p.text().$type<Currency>(),
    amountMinor: p.bigint('number'),
    refundMinor: p.bigint('number').nullable(),
    reason: p.text().$type<DisputeReason>(),
    note: p.text().nullable(),
    deadline: p.datetime(),
    claimedBy: p.uuid().$type<UserId>().nullable(),
    claimedAt: p.datetime().nullable(),
    decidedAt: p.datetime().nullable(),
    version: p.integer(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
});
export type Dispute = InferEntity<typeof DisputeEntity>;

export const DisputeStatementEntity = defineEntity({
  name: 'DisputeStatement',
  tableName: 'dispute_statement',
  properties: {
    id: p.uuid().primary(),
    disputeId: p.uuid().$type<DisputeId>(),
    side: p.text().$type<'buyer' | 'seller'>(),
    authorId: p.uuid().$type<UserId>(),
    text: p.text(),
    evidenceIds: p.array().$type<string[]>(),
    createdAt: p.datetime(),
  },
});
export type DisputeStatement = InferEntity<typeof DisputeStatementEntity>;
