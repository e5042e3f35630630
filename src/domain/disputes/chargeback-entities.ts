import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import type { z } from 'zod';
import { id, type UserId } from '../kernel/ids.ts';
import type { Currency } from '../kernel/money.ts';
import type { OrderId } from '../orders/index.ts';
import type { ChargebackState } from './chargeback-machine.ts';

export const ChargebackId = id('ChargebackId');
export type ChargebackId = z.infer<typeof ChargebackId>;

export const ChargebackEntity = defineEntity({
  name: 'Chargeback',
  tableName: 'chargeback',
  properties: {
    id: p.uuid().$type<ChargebackId>().primary(),
    provider: p.text(),
    providerRef: p.text(),
    paymentId: p.uuid(),
    state: p.text().$type<ChargebackState>(),
    currency: p.text().$type<Currency>(),
    amountMinor: p.bigint('number'),
    reason: p.text(),
    evidenceDueAt: p.datetime().nullable(),
    funds: p.text().$type<'none' | 'taken' | 'returned'>(),
    walletMinor: p.bigint('number'),
    owedMinor: p.bigint('number'),
    lossesMinor: p.bigint('number'),
    closedAt: p.datetime().nullable(),
    submitAt: p.datetime().nullable(),
    submitTries: p.integer(),
    submittedAt: p.datetime().nullable(),
    version: p.integer(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
});
export type Chargeback = InferEntity<typeof ChargebackEntity>;

export const ChargebackShareEntity = defineEntity({
  name: 'ChargebackShare',
  tableName: 'chargeback_share',
  properties: {
    chargebackId: p.uuid().$type<ChargebackId>().primary(),
    orderId: p.uuid().$type<OrderId>().primary(),
    sellerId: p.uuid().$type<UserId>(),
    amountMinor: p.bigint('number'),
    escrowMinor: p.bigint('number'),
    reserveMinor: p.bigint('number'),
    debtMinor: p.bigint('number'),
  },
});
export type ChargebackShare = InferEntity<typeof ChargebackShareEntity>;

export const ChargebackEvidenceEntity = defineEntity({
  name: 'ChargebackEvidence',
  tableName: 'chargeback_evidence',
  properties: {
    id: p.uuid().primary(),
    chargebackId: p.uuid().$type<ChargebackId>(),
    sellerId: p.uuid().$type<UserId>().nullable(),
    authorId: p.uuid().$type<UserId>(),
    text: p.text(),
    evidenceIds: p.array().$type<string[]>(),
    createdAt: p.datetime(),
  },
});
export type ChargebackEvidence = InferEntity<typeof ChargebackEvidenceEntity>;
