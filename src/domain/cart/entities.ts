import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import type { UserId } from '../kernel/ids.ts';
import type { Currency } from '../kernel/money.ts';

export const CartEntity = defineEntity({
  name: 'Cart',
  tableName: 'cart',
  properties: {
    userId: p.uuid().$type<UserId>().primary(),
    version: p.integer(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
});
export type Cart = InferEntity<typeof CartEntity>;

export const CartItemEntity = defineEntity({
  name: 'CartItem',
  tableName: 'cart_item',
  properties: {
    id: p.uuid().primary(),
    userId: p.uuid().$type<UserId>(),
    listingId: p.uuid(),
    quantity: p.integer(),
    seenPriceMinor: p.bigint('number'),
    sellerId: p.uuid().$type<UserId>(),
    title: p.text(),
    previewPrefix: p.text().nullable(),
    priceMinor: p.bigint('number'),
    currency: p.text().$type<Currency>(),
    shortOf: p.integer().nullable(),
    unavailable: p.boolean(),
    createdAt: p.datetime(),
  },
});
export type CartItem = InferEntity<typeof CartItemEntity>;
