import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import type { z } from 'zod';
import { id, type UserId } from '../kernel/ids.ts';
import type { Currency } from '../kernel/money.ts';

export const PromoId = id('PromoId');
export type PromoId = z.infer<typeof PromoId>;

export const PromoEntity = defineEntity({
  name: 'Promo',
  tableName: 'promo',
  properties: {
    id: p.uuid().$type<PromoId>().primary(),
    code: p.text(),
    percentBps: p.integer().nullable(),
    amountMinor: p.bigint('number').nullable(),
    currency: p.text().$type<Currency>().nullable(),
    minGoodsMinor: p.bigint('number').nullable(),
    maxDiscountMinor: p.bigint('number').nullable(),
    startsAt: p.datetime(),
    endsAt: p.datetime().nullable(),
    usesMax: p.integer().nullable(),
    usesPerPersonMax: p.integer(),
    firstOrderOnly: p.boolean(),
    uses: p.integer(),
    version: p.integer(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
});
export type Promo = InferEntity<typeof PromoEntity>;

export const PromoUseEntity = defineEntity({
  name: 'PromoUse',
  tableName: 'promo_use',
  properties: {
    groupId: p.uuid().primary(),
    promoId: p.uuid().$type<PromoId>(),
    userId: p.uuid().$type<UserId>(),
    discountMinor: p.bigint('number'),
    currency: p.text().$type<Currency>(),
    createdAt: p.datetime(),
    returnedAt: p.datetime().nullable(),
  },
});
