import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { target } from '../../kernel/machine.ts';
import { changeListing } from '../announce.ts';
import { missingReference } from '../categories.ts';
import { ListingId, type Listing } from '../entities.ts';
import { favouriteChanged, listingChanged, listingUpdated } from '../events.ts';
import { attachBeside, attachedImages } from '../listing-images.ts';
import { listingMachine } from '../machine.ts';
import { lockOwnListing } from '../own-listing.ts';
import { catalogRules, ImageIds, listingFields } from '../rules.ts';
import { OwnListingView, ownListingView } from '../views.ts';

const fields = listingFields;

export const updateListing = defineCommand({
  name: 'listings.update',
  access: 'user',
  ratePerMinute: 60,
  summary: 'Change your listing; fields left out stay, null clears. A quantity of 0 sells it out, more brings it back.',
  input: z.strictObject({
    listingId: ListingId,
    title: fields.title.optional(),
    description: fields.description.optional(),
    categoryId: fields.categoryId.optional(),
    brandId: fields.brandId.nullable().optional(),
    priceMinor: fields.priceMinor.optional(),
    originalPriceMinor: fields.originalPriceMinor.nullable().optional(),
    condition: fields.condition.optional(),
    quantity: z.int().min(0).max(catalogRules.quantityMax).optional(),
    location: fields.location.nullable().optional(),
    neighborhood: fields.neighborhood.nullable().optional(),
    feed: fields.feed.optional(),
    tags: fields.tags.optional(),
    imageIds: z.array(z.uuid()).max(0).or(ImageIds).optional(),
    videoUrl: fields.videoUrl.nullable().optional(),
    negotiable: fields.negotiable.optional(),
    quickViewEnabled: fields.quickViewEnabled.optional(),
    priceSuggestionUsed: fields.priceSuggestionUsed.optional(),
  }),
  output: OwnListingView,
  errors: [
    'listings.not_found',
    'listings.wrong_state',
    'categories.not_found',
    'brands.not_found',
    'uploads.not_found',
    'uploads.not_confirmed',
    'listings.original_price_too_low',
    'listings.quantity_reserved',
  ],
  emits: [listingChanged, listingUpdated, favouriteChanged],
  async run({ input: { listingId, imageIds, ...given }, actor, tx, fail }) {
    const missing = await missingReference(tx.db, given);
    const listing = await lockOwnListing({ tx, userId: actor.userId, fail }, listingId);
    if (listing.state === 'removed') fail('listings.wrong_state');
    if (missing) fail(missing);
    const attached = imageIds && (await attachBeside(tx, listing, { ownerId: actor.userId, imageIds }));
    if (typeof attached === 'string') return fail(attached);
    const changes: Partial<Listing> = Object.fromEntries(
      Object.entries(given).filter(([, value]) => value !== undefined),
    );
    if (attached) Object.assign(changes, attachedImages(attached, listing.images));
    const { priceMinor, originalPriceMinor, quantity } = { ...listing, ...changes };
    if (originalPriceMinor && originalPriceMinor < priceMinor) fail('listings.original_price_too_low');
    if (quantity < listing.reserved) fail('listings.quantity_reserved');
    const move = quantity === 0 ? 'sellOut' : 'restock';
    const state = target(listingMachine, move, { state: listing.state, by: 'system' }) ?? listing.state;
    await changeListing(tx, listing, { kind: 'updated', apply: () => Object.assign(listing, changes, { state }) });
    return ownListingView(tx, listing);
  },
});
