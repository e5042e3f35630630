import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { actsFor } from '../../merchants/index.ts';
import { ListingId } from '../entities.ts';
import { favouriteChanged, listingChanged, listingUpdated } from '../events.ts';
import { moderateListing, moderationActions } from '../moderate.ts';
import { lockListing } from '../stock.ts';

export const moderate = defineCommand({
  name: 'listings.moderate',
  access: 'moderator',
  summary: 'Take a listing down, hide it without a word to its seller, or show it again. Orders under way go on.',
  input: z.strictObject({
    listingId: ListingId,
    action: z.enum(moderationActions),
    reason: z.string().trim().min(1).max(500).describe('The seller reads it when the listing is taken down.'),
  }),
  output: z.object({ changed: z.boolean() }),
  errors: ['listings.not_found'],
  emits: [listingChanged, listingUpdated, favouriteChanged],
  async run({ input: { listingId, action, reason }, actor, tx, fail }) {
    const listing = await lockListing(tx, listingId);
    if (!listing) return fail('listings.not_found');
    // Not one's own, nor that of a shop one works for.
    const sale = { userId: actor.userId, sellerId: listing.sellerId };
    if (await actsFor(tx.db, sale, 'orders')) return fail('auth.forbidden');
    const changed = await moderateListing(tx, listing, { action, reason });
    tx.audit({
      action: `listing.${action}`,
      subject: { kind: 'listing', id: listingId },
      details: { reason, changed },
    });
    return { changed };
  },
});
