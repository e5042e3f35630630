import { z } from 'zod';
import { LockMode } from '@mikro-orm/core';
import { defineCommand, defineSweep, type Tx } from '../kernel/define.ts';
import { limits } from '../kernel/limits.ts';
import { attachUploads, uploadResults, type AttachedUpload, type AttachFailure } from '../media/index.ts';
import { changeListing } from './announce.ts';
import { ListingEntity, type Listing, type ListingImage } from './entities.ts';
import { favouriteChanged, listingChanged, listingUpdated } from './events.ts';

/** Columns for freshly attached uploads; measures of those that a listing already showed are kept. */
export function attachedImages(
  attached: readonly AttachedUpload[],
  known: readonly ListingImage[] = [],
): Pick<Listing, 'images' | 'imagesSettled'> {
  const images = attached.map(
    ({ id, prefix }) =>
      known.find((image) => image.id === id) ?? { id, prefix, width: null, height: null, thumbhash: null },
  );
  return { images, imagesSettled: images.every(isSettled) };
}

/**
 * Uploads of whoever changes the listing, in the order asked for. What the listing shows already may stay, whoever of
 * the shop uploaded it.
 */
export async function attachBeside(
  tx: Tx,
  { images }: Pick<Listing, 'images'>,
  { ownerId, imageIds }: { ownerId: string; imageIds: readonly string[] },
): Promise<AttachedUpload[] | AttachFailure> {
  const uploadIds = imageIds.filter((id) => !images.some((image) => image.id === id));
  const attached = await attachUploads(tx, { ownerId, uploadIds, purpose: 'listing' });
  if (typeof attached === 'string') return attached;
  const all = new Map([...images, ...attached].map(({ id, prefix }) => [id, { id, prefix }]));
  return imageIds.flatMap((id) => all.get(id) ?? []);
}

function isSettled({ thumbhash }: ListingImage): boolean {
  return thumbhash !== null;
}

/** Brings what processing made of images into their listings: measures of the good ones; refused ones disappear. */
export const settleImages = defineCommand({
  name: 'listings.settleImages',
  access: 'system',
  summary: 'Take over the measures of processed images into one batch of listings.',
  input: z.strictObject({}),
  output: z.object({ swept: z.int() }),
  errors: [],
  emits: [listingChanged, listingUpdated, favouriteChanged],
  async run({ tx }) {
    const listings = await tx.db.find(
      ListingEntity,
      { imagesSettled: false },
      { lockMode: LockMode.PESSIMISTIC_PARTIAL_WRITE, orderBy: { updatedAt: 'asc' }, limit: limits.sweepBatch },
    );
    const results = await uploadResults(
      tx.db,
      listings.flatMap(({ images }) => images.map(({ id }) => id)),
    );
    let swept = 0;
    for (const listing of listings) {
      const images = listing.images.flatMap((image): ListingImage[] => {
        const result = results.get(image.id);
        if (!result || result.state === 'rejected') return [];
        return [result.state === 'ready' ? { ...image, ...measuresOf(result) } : image];
      });
      if (JSON.stringify(images) === JSON.stringify(listing.images)) continue;
      const apply = () => Object.assign(listing, { images, imagesSettled: images.every(isSettled) });
      await changeListing(tx, listing, { kind: 'images', apply });
      swept += 1;
    }
    return { swept };
  },
});

function measuresOf({ width, height, thumbhash }: Omit<ListingImage, 'id' | 'prefix'>) {
  return { width, height, thumbhash };
}

export const settleImagesJob = defineSweep({
  name: 'listings.settleImages',
  everySeconds: 5,
  summary: 'Take over the measures of processed images into their listings.',
  command: settleImages,
  batch: limits.sweepBatch,
});
