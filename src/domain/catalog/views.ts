import { z } from 'zod';
import { Point } from '../kernel/geo.ts';
import { UserId } from '../kernel/ids.ts';
import { movesFor } from '../kernel/machine.ts';
import { Currency } from '../kernel/money.ts';
import { orNull } from '../kernel/or-null.ts';
import { iso, Timestamp } from '../kernel/timestamp.ts';
import { ImageView, imageUrls, objectStorePort, type Reader } from '../media/index.ts';
import {
  BrandId,
  CategoryId,
  conditions,
  feeds,
  ListingEntity,
  ListingId,
  type Brand,
  type Category,
  type Favourite,
  type Listing,
} from './entities.ts';
import { hiddenListings } from './hiding.ts';
import { listingMachine } from './machine.ts';

export const CategoryView = z.object({
  id: CategoryId,
  version: z.int(),
  parentId: orNull(CategoryId),
  slug: z.string(),
  name: z.string(),
  position: z.int(),
});

export const BrandView = z.object({ id: BrandId, version: z.int(), slug: z.string(), name: z.string() });

/** A listing in the small, as other views embed it. */
export const ListingCard = z.object({
  id: ListingId,
  sellerId: UserId,
  title: z.string(),
  priceMinor: z.int(),
  currency: Currency,
  previewUrl: orNull(z.string()),
  state: z.enum(listingMachine.states),
  inStock: z.boolean(),
});
export type ListingCard = z.input<typeof ListingCard>;

const ListingImageView = ImageView.extend({
  width: orNull(z.int()),
  height: orNull(z.int()),
  thumbhash: orNull(z.string()),
});

/** A listing as anyone may see it. `available` is what is on hand minus what others have reserved. */
export const ListingView = ListingCard.extend({
  version: z.int(),
  description: z.string(),
  categoryId: CategoryId,
  brandId: orNull(BrandId),
  originalPriceMinor: orNull(z.int()),
  condition: z.enum(conditions),
  available: z.int(),
  rating: orNull(z.object({ count: z.int(), mean: z.number() })),
  location: orNull(Point),
  neighborhood: orNull(z.string()),
  feed: z.enum(feeds),
  tags: z.array(z.string()),
  images: z.array(ListingImageView),
  videoUrl: orNull(z.string()),
  negotiable: z.boolean(),
  quickViewEnabled: z.boolean(),
  publishedAt: orNull(Timestamp),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});

/** A listing as its seller sees it. */
export const OwnListingView = ListingView.extend({
  deleted: z.literal(true).optional(),
  quantity: z.int(),
  reserved: z.int(),
  priceSuggestionUsed: z.boolean(),
  takenDown: orNull(z.object({ reason: z.string() })).describe('By moderators: nobody else sees the listing.'),
  allowedActions: z.array(z.string()),
});

export const FavouriteView = z.object({
  id: z.uuid(),
  version: z.int(),
  deleted: z.literal(true).optional(),
  listing: ListingCard,
  createdAt: Timestamp,
});

export function categoryView({ id, version, parentId, slug, name, position }: Category): z.input<typeof CategoryView> {
  return { id, version, parentId, slug, name, position };
}

export function brandView({ id, version, slug, name }: Brand): z.input<typeof BrandView> {
  return { id, version, slug, name };
}

type Ported = Pick<Reader, 'port'>;

export function listingCard({ port }: Ported, listing: Listing): ListingCard {
  const { id, sellerId, title, priceMinor, currency, state, images, quantity, reserved } = listing;
  const [first] = images;
  const previewUrl = first ? imageUrls(port(objectStorePort), first.prefix).previewUrl : null;
  return { id, sellerId, title, priceMinor, currency, previewUrl, state, inStock: quantity > reserved };
}

export function listingView(reader: Ported, listing: Listing): z.input<typeof ListingView> {
  const store = reader.port(objectStorePort);
  const { version, description, categoryId, brandId, originalPriceMinor, condition, location, neighborhood } = listing;
  const { feed, tags, videoUrl, negotiable, quickViewEnabled, publishedAt, createdAt, updatedAt } = listing;
  const images = listing.images.map(({ prefix, ...image }) => ({ ...image, ...imageUrls(store, prefix) }));
  return {
    ...listingCard(reader, listing),
    version,
    description,
    categoryId,
    brandId,
    originalPriceMinor,
    condition,
    location,
    available: listing.quantity - listing.reserved,
    rating: ratingOf(listing),
    neighborhood,
    feed,
    tags,
    images: images,
    videoUrl,
    negotiable,
    quickViewEnabled,
    publishedAt: iso(publishedAt),
    createdAt: iso(createdAt),
    updatedAt: iso(updatedAt),
  };
}

function ratingOf({ ratingCount: count, ratingMean: mean }: Listing) {
  return typeof mean === 'number' ? { count, mean } : null;
}

/** Commands the seller may send now. */
export function sellerActions({ state, moderation }: Pick<Listing, 'state' | 'moderation'>): string[] {
  const names = movesFor(listingMachine, { state, by: 'seller' });
  const moves = names
    .filter((name) => name !== 'publish' || moderation !== 'removed')
    .map((name) => `listings.${name}`);
  return state === 'removed' ? moves : ['listings.update', ...moves];
}

export function ownListingView(reader: Ported, listing: Listing): z.input<typeof OwnListingView> {
  const { quantity, reserved, priceSuggestionUsed, state, moderation, moderationReason } = listing;
  const takenDown = moderation === 'removed' ? { reason: moderationReason ?? '' } : null;
  const view = { ...listingView(reader, listing), quantity, reserved, priceSuggestionUsed, takenDown };
  return {
    ...view,
    allowedActions: sellerActions(listing),
    ...(state === 'removed' ? { deleted: true as const } : {}),
  };
}

interface FavouriteParts {
  readonly favourite: Pick<Favourite, 'id' | 'createdAt'>;
  readonly listing: Listing;
  /** Nobody but its seller may see the listing now: the favourite is gone until it comes back. */
  readonly hidden?: boolean;
}

export function favouriteView(
  reader: Ported,
  { favourite, listing, hidden = false }: FavouriteParts,
): z.input<typeof FavouriteView> {
  const { id, createdAt } = favourite;
  const view = { id, version: listing.cardVersion, listing: listingCard(reader, listing), createdAt: iso(createdAt) };
  return hidden ? { ...view, deleted: true } : view;
}

/** Cards of those that anybody may see. */
export async function shownListingCards(reader: Reader, ids: readonly string[]): Promise<Map<string, ListingCard>> {
  const hidden = await hiddenListings(reader.db.getKysely(), ids);
  return listingCards(
    reader,
    ids.filter((id) => !hidden.has(id)),
  );
}

/** Cards of many listings in one query, in whatever state they are, for other areas' views. */
export async function listingCards(reader: Reader, ids: readonly string[]): Promise<Map<string, ListingCard>> {
  if (ids.length === 0) return new Map();
  const listings = await reader.db.find(ListingEntity, { id: { $in: [...new Set(ids)] as never[] } });
  return new Map(listings.map((listing) => [listing.id, listingCard(reader, listing)]));
}
