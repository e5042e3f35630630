import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import type { UserId } from '../kernel/ids.ts';
import type { Currency } from '../kernel/money.ts';
import type { EscrowState } from './machine.ts';

export const EscrowEntity = defineEntity({
  name: 'Escrow',
  tableName: 'escrow',
  properties: {
    orderId: p.uuid().primary(),
    buyerId: p.uuid().$type<UserId>(),
    sellerId: p.uuid().$type<UserId>(),
    state: p.text().$type<EscrowState>(),
    currency: p.text().$type<Currency>(),
    fundedMinor: p.bigint('number'),
    returnedMinor: p.bigint('number'),
    releasedMinor: p.bigint('number'),
    deliveryMinor: p.bigint('number'),
    cashState: p.text().$type<'due' | 'collected' | 'remitted'>().nullable(),
    cashMinor: p.bigint('number'),
    reserveMinor: p.bigint('number'),
    reserveUntil: p.datetime().nullable(),
    payoutMinor: p.bigint('number'),
    payoutDue: p.boolean(),
    releasedAt: p.datetime().nullable(),
    openChargebacks: p.integer(),
    version: p.integer(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
});
export type Escrow = InferEntity<typeof EscrowEntity>;

/** Money goes back to where it came from, in this order. */
export const escrowSources = ['payment', 'wallet', 'cash', 'promo'] as const;
export type EscrowSource = (typeof escrowSources)[number];

export const EscrowPartEntity = defineEntity({
  name: 'EscrowPart',
  tableName: 'escrow_part',
  properties: {
    orderId: p.uuid().primary(),
    source: p.text().$type<EscrowSource>().primary(),
    sourceId: p.uuid().nullable(),
    amountMinor: p.bigint('number'),
    returnedMinor: p.bigint('number'),
  },
});
export type EscrowPart = InferEntity<typeof EscrowPartEntity>;
