import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { attachUploads } from '../../media/index.ts';
import { changeListing } from '../announce.ts';
import { ListingId } from '../entities.ts';
import { favouriteChanged, listingChanged, listingUpdated } from '../events.ts';
import { attachedImages } from '../listing-images.ts';
import { lockOwnListing } from '../own-listing.ts';
import { catalogRules, ImageIds } from '../rules.ts';
import { OwnListingView, ownListingView } from '../views.ts';

export const addImages = defineCommand({
  name: 'listings.addImages',
  access: 'user',
  ratePerMinute: 60,
  summary: 'Add uploaded images after those that your listing already shows.',
  input: z.strictObject({ listingId: ListingId, imageIds: ImageIds }),
  output: OwnListingView,
  errors: [
    'listings.not_found',
    'listings.wrong_state',
    'uploads.not_found',
    'uploads.not_confirmed',
    'listings.too_many_images',
  ],
  emits: [listingChanged, listingUpdated, favouriteChanged],
  async run({ input: { listingId, imageIds }, actor, tx, fail }) {
    const listing = await lockOwnListing({ tx, userId: actor.userId, fail }, listingId);
    if (listing.state === 'removed') fail('listings.wrong_state');
    const shown = new Set(listing.images.map(({ id }) => id));
    const uploadIds = imageIds.filter((id) => !shown.has(id));
    const attached = await attachUploads(tx, { ownerId: actor.userId, uploadIds, purpose: 'listing' });
    if (typeof attached === 'string') return fail(attached);
    const all = [...listing.images, ...attached];
    if (all.length > catalogRules.imagesMax) fail('listings.too_many_images');
    const apply = () => Object.assign(listing, attachedImages(all, listing.images));
    if (attached.length > 0) await changeListing(tx, listing, { kind: 'updated', apply });
    return ownListingView(tx, listing);
  },
});
