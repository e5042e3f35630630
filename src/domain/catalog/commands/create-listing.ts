import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { newId } from '../../kernel/ids.ts';
import { Currency } from '../../kernel/money.ts';
import { attachUploads } from '../../media/index.ts';
import { MerchantId, sellerOf } from '../../merchants/index.ts';
import { missingReference } from '../categories.ts';
import { ListingEntity, type ListingId } from '../entities.ts';
import { listingChanged } from '../events.ts';
import { attachedImages } from '../listing-images.ts';
import { catalogRules, ImageIds, listingFields } from '../rules.ts';
import { OwnListingView, ownListingView } from '../views.ts';

const fields = listingFields;

export const createListing = defineCommand({
  name: 'listings.create',
  access: 'user',
  ratePerMinute: 60,
  summary: 'Put something up for sale; it is published at once unless it is a draft.',
  input: z.strictObject({
    title: fields.title,
    description: fields.description,
    categoryId: fields.categoryId,
    brandId: fields.brandId.optional(),
    priceMinor: fields.priceMinor,
    originalPriceMinor: fields.originalPriceMinor.optional(),
    currency: Currency,
    condition: fields.condition,
    quantity: z.int().min(1).max(catalogRules.quantityMax).default(1),
    location: fields.location.optional(),
    neighborhood: fields.neighborhood.optional(),
    feed: fields.feed.default('discover'),
    tags: fields.tags.default([]),
    imageIds: ImageIds.optional(),
    videoUrl: fields.videoUrl.optional(),
    negotiable: fields.negotiable.default(true),
    quickViewEnabled: fields.quickViewEnabled.default(true),
    priceSuggestionUsed: fields.priceSuggestionUsed.default(false),
    draft: z.boolean().default(false),
    merchantId: MerchantId.optional().describe('The shop that sells it, of which you are a manager.'),
  }),
  output: OwnListingView,
  errors: [
    'merchants.not_found',
    'categories.not_found',
    'brands.not_found',
    'uploads.not_found',
    'uploads.not_confirmed',
    'listings.original_price_too_low',
    'listings.too_many',
  ],
  emits: [listingChanged],
  async run({ input, actor, tx, fail }) {
    const { imageIds, draft, merchantId, ...given } = input;
    const { userId } = actor;
    const sellerId = merchantId === undefined ? userId : await sellerOf(tx.db, { userId, merchantId }, 'listings');
    if (!sellerId) return fail('merchants.not_found');
    if ((given.originalPriceMinor ?? given.priceMinor) < given.priceMinor) fail('listings.original_price_too_low');
    const missing = await missingReference(tx.db, input);
    if (missing) fail(missing);
    const held = await tx.db.count(ListingEntity, { sellerId, state: { $ne: 'removed' } });
    if (held >= catalogRules.listingsPerSellerMax) fail('listings.too_many');
    const attached = await attachUploads(tx, { ownerId: userId, uploadIds: imageIds ?? [], purpose: 'listing' });
    if (typeof attached === 'string') return fail(attached);
    const now = await tx.now();
    const listing = tx.db.create(ListingEntity, {
      ...given,
      id: newId<ListingId>(),
      sellerId,
      brandId: given.brandId ?? null,
      originalPriceMinor: given.originalPriceMinor ?? null,
      reserved: 0,
      location: given.location ?? null,
      neighborhood: given.neighborhood ?? null,
      ...attachedImages(attached),
      videoUrl: given.videoUrl ?? null,
      state: draft ? 'draft' : 'active',
      cardVersion: 1,
      favouritesDue: false,
      publishedAt: draft ? null : now,
      version: 1,
      createdAt: now,
      updatedAt: now,
    });
    await tx.db.flush();
    const view = ownListingView(tx, listing);
    tx.emit(listingChanged, listing.sellerId, { view, change: { kind: 'created' } });
    return view;
  },
});
