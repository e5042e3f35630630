import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import type { z } from 'zod';
import type { ListingId } from '../catalog/index.ts';
import type { ConversationId } from '../chat/index.ts';
import { id, type UserId } from '../kernel/ids.ts';
import type { Currency } from '../kernel/money.ts';
import type { OfferSide, OfferState } from './machine.ts';

export const OfferId = id('OfferId');
export type OfferId = z.infer<typeof OfferId>;

export const OfferEntity = defineEntity({
  name: 'Offer',
  tableName: 'offer',
  properties: {
    id: p.uuid().$type<OfferId>().primary(),
    listingId: p.uuid().$type<z.infer<typeof ListingId>>(),
    conversationId: p.uuid().$type<z.infer<typeof ConversationId>>(),
    buyerId: p.uuid().$type<UserId>(),
    sellerId: p.uuid().$type<UserId>(),
    quantity: p.integer(),
    currency: p.text().$type<Currency>(),
    state: p.text().$type<OfferState>(),
    round: p.integer(),
    deadline: p.datetime().nullable(),
    version: p.integer(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
});
export type Offer = InferEntity<typeof OfferEntity>;

export const OfferRoundEntity = defineEntity({
  name: 'OfferRound',
  tableName: 'offer_round',
  properties: {
    offerId: p.uuid().$type<OfferId>().primary(),
    round: p.integer().primary(),
    bySide: p.text().$type<OfferSide>(),
    amountMinor: p.bigint('number'),
    message: p.text().nullable(),
    at: p.datetime(),
  },
});
export type OfferRound = InferEntity<typeof OfferRoundEntity>;
