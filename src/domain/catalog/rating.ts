import type { Tx } from '../kernel/define.ts';
import { changeListing } from './announce.ts';
import { lockListing } from './stock.ts';

/** What a listing without reviews counts as, and how many reviews that opinion is worth (a Bayesian mean). */
const usualRating = 4;
const usualWeight = 5;

/** Sets how a listing is rated. `compute` is asked under its lock; see `setUserRating`. */
export async function setListingRating(
  tx: Tx,
  listingId: string,
  compute: () => Promise<{ count: number; mean: number | null }>,
): Promise<void> {
  const listing = await lockListing(tx, listingId);
  if (!listing) return;
  const { count, mean } = await compute();
  if (listing.ratingCount === count && (listing.ratingMean ?? null) === mean) return;
  const ratingScore = ((mean ?? 0) * count + usualRating * usualWeight) / (count + usualWeight);
  await changeListing(tx, listing, {
    kind: 'rated',
    apply: () =>
      void Object.assign(listing, {
        ratingCount: count,
        ratingMean: mean,
        ratingScore: String(Math.round(ratingScore * 1e6) / 1e6),
      }),
  });
}
