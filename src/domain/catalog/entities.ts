import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import type { z } from 'zod';
import { PointType } from '../kernel/geo.ts';
import { id, type UserId } from '../kernel/ids.ts';
import type { Currency } from '../kernel/money.ts';
import type { ListingState } from './machine.ts';

export const CategoryId = id('CategoryId');
export type CategoryId = z.infer<typeof CategoryId>;
export const BrandId = id('BrandId');
export type BrandId = z.infer<typeof BrandId>;
export const ListingId = id('ListingId');
export type ListingId = z.infer<typeof ListingId>;

export const conditions = ['new', 'like_new', 'good', 'fair'] as const;
export const feeds = ['discover', 'community'] as const;

export const CategoryEntity = defineEntity({
  name: 'Category',
  tableName: 'category',
  properties: {
    id: p.uuid().$type<CategoryId>().primary(),
    parentId: p.uuid().$type<CategoryId>().nullable(),
    slug: p.text(),
    name: p.text(),
    position: p.integer(),
    version: p.integer(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
});
export type Category = InferEntity<typeof CategoryEntity>;

export const BrandEntity = defineEntity({
  name: 'Brand',
  tableName: 'brand',
  properties: {
    id: p.uuid().$type<BrandId>().primary(),
    slug: p.text(),
    name: p.text(),
    version: p.integer(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
});
export type Brand = InferEntity<typeof BrandEntity>;

/** An attached upload; its measures are filled in once it has been processed. */
export interface ListingImage {
  /** The upload. */
  readonly id: string;
  /** Folder of its processed objects in the object store. */
  readonly prefix: string;
  readonly width: number | null;
  readonly height: number | null;
  readonly thumbhash: string | null;
}

export const ListingEntity = defineEntity({
  name: 'Listing',
  tableName: 'listing',
  properties: {
    id: p.uuid().$type<ListingId>().primary(),
    sellerId: p.uuid().$type<UserId>(),
    title: p.text(),
    description: p.text(),
    categoryId: p.uuid().$type<CategoryId>(),
    brandId: p.uuid().$type<BrandId>().nullable(),
    priceMinor: p.bigint('number'),
    originalPriceMinor: p.bigint('number').nullable(),
    currency: p.text().$type<Currency>(),
    condition: p.text().$type<(typeof conditions)[number]>(),
    quantity: p.integer(),
    reserved: p.integer(),
    location: p.type(PointType).nullable(),
    neighborhood: p.text().nullable(),
    feed: p.text().$type<(typeof feeds)[number]>(),
    tags: p.array().$type<string[]>(),
    images: p.json().$type<ListingImage[]>(),
    imagesSettled: p.boolean(),
    videoUrl: p.text().nullable(),
    negotiable: p.boolean(),
    quickViewEnabled: p.boolean(),
    priceSuggestionUsed: p.boolean(),
    state: p.text().$type<ListingState>(),
    moderation: p.text().$type<'removed' | 'shadowed'>().nullable(),
    moderationReason: p.text().nullable(),
    ratingCount: p.integer().default(0),
    ratingMean: p.double().$type<number>().nullable(),
    ratingScore: p.text().default('4'),
    cardVersion: p.integer(),
    favouritesDue: p.boolean(),
    watched: p.boolean().default(false),
    followUpDue: p.boolean().default(false),
    publishedAt: p.datetime().nullable(),
    version: p.integer(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
});
export type Listing = InferEntity<typeof ListingEntity>;

export const ReservationEntity = defineEntity({
  name: 'Reservation',
  tableName: 'reservation',
  properties: {
    id: p.uuid().primary(),
    listingId: p.uuid().$type<ListingId>(),
    quantity: p.integer(),
    holderKind: p.text(),
    holderId: p.uuid(),
    expiresAt: p.datetime(),
    releasedAt: p.datetime().nullable(),
    consumedAt: p.datetime().nullable(),
    createdAt: p.datetime(),
  },
});
export type Reservation = InferEntity<typeof ReservationEntity>;

export const FavouriteEntity = defineEntity({
  name: 'Favourite',
  tableName: 'favourite',
  properties: {
    id: p.uuid().primary(),
    userId: p.uuid().$type<UserId>(),
    listingId: p.uuid().$type<ListingId>(),
    cardVersion: p.integer(),
    /** What the person was last told of the listing; null in rows older than these columns. */
    toldPriceMinor: p.bigint('number').nullable(),
    toldInStock: p.boolean().nullable(),
    createdAt: p.datetime(),
  },
});
export type Favourite = InferEntity<typeof FavouriteEntity>;
