import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import type { z } from 'zod';
import { id, type UserId } from '../kernel/ids.ts';
import type { Currency } from '../kernel/money.ts';
import type { PayoutState } from './machine.ts';

export const PayoutId = id('PayoutId');
export type PayoutId = z.infer<typeof PayoutId>;

export const payoutKinds = ['release', 'reserve', 'withdrawal'] as const;
export type PayoutKind = (typeof payoutKinds)[number];
export const payoutMethods = ['wallet', 'bank'] as const;

export const PayoutEntity = defineEntity({
  name: 'Payout',
  tableName: 'payout',
  properties: {
    id: p.uuid().$type<PayoutId>().primary(),
    kind: p.text().$type<PayoutKind>(),
    orderId: p.uuid().nullable(),
    userId: p.uuid().$type<UserId>(),
    state: p.text().$type<PayoutState>(),
    method: p.text().$type<(typeof payoutMethods)[number]>(),
    currency: p.text().$type<Currency>(),
    amountMinor: p.bigint('number'),
    provider: p.text().nullable(),
    account: p.text().nullable(),
    providerRef: p.text().nullable(),
    failureReason: p.text().nullable(),
    batchId: p.uuid().nullable(),
    submitAt: p.datetime().nullable(),
    submitTries: p.integer(),
    pollAt: p.datetime().nullable(),
    pollTries: p.integer(),
    paidAt: p.datetime().nullable(),
    version: p.integer(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
});
export type Payout = InferEntity<typeof PayoutEntity>;

export const PayoutBatchEntity = defineEntity({
  name: 'PayoutBatch',
  tableName: 'payout_batch',
  properties: {
    id: p.uuid().primary(),
    currency: p.text().$type<Currency>(),
    payouts: p.integer(),
    amountMinor: p.bigint('number'),
    createdAt: p.datetime(),
  },
});

export const DestinationEntity = defineEntity({
  name: 'PayoutDestination',
  tableName: 'payout_destination',
  properties: {
    userId: p.uuid().$type<UserId>().primary(),
    provider: p.text(),
    account: p.text(),
    ready: p.boolean(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
});
export type Destination = InferEntity<typeof DestinationEntity>;
