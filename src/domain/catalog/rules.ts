import { z } from 'zod';
import { Point } from '../kernel/geo.ts';
import { HttpsUrl } from '../kernel/https-url.ts';
import { AmountMinor } from '../kernel/money.ts';
import { BrandId, CategoryId, conditions, feeds } from './entities.ts';

export const catalogRules = {
  imagesMax: 10,
  quantityMax: 100_000,
  /** Listings of one seller that are not removed, and favourites of one person: bounds what a snapshot holds. */
  listingsPerSellerMax: 1_000,
  favouritesMax: 1_000,
  /** Facets are counted on at most this many matches. */
  facetRowsMax: 10_000,
  facetValuesMax: 50,
  /** Least word similarity (0 to 1) of a query and a title that counts as a match; lets one or two letters differ. */
  typoSimilarity: '0.45',
  comparablesMax: 500,
  viewsKeptDays: 2,
} as const;

export const Slug = z.string().regex(/^[a-z0-9_]{2,50}$/, 'expected 2 to 50 small letters, digits or _');

const Tag = z.string().trim().toLowerCase().min(1).max(40);

export const ImageIds = z
  .array(z.uuid())
  .min(1)
  .max(catalogRules.imagesMax)
  .refine((ids) => new Set(ids).size === ids.length, 'an image may appear once');

/** Fields of a listing that a seller writes. */
export const listingFields = {
  title: z.string().trim().min(1).max(100),
  description: z.string().trim().min(1).max(5_000),
  categoryId: CategoryId,
  brandId: BrandId,
  priceMinor: AmountMinor,
  originalPriceMinor: AmountMinor,
  condition: z.enum(conditions),
  location: Point,
  neighborhood: z.string().trim().min(1).max(100),
  feed: z.enum(feeds),
  tags: z
    .array(Tag)
    .max(10)
    .transform((tags) => [...new Set(tags)]),
  videoUrl: HttpsUrl,
  negotiable: z.boolean(),
  quickViewEnabled: z.boolean(),
  priceSuggestionUsed: z.boolean(),
} as const;
