import { z } from 'zod';
import type { CommandContext } from '../../kernel/define.ts';
import { defineCommand } from '../../kernel/define.ts';
import { target } from '../../kernel/machine.ts';
import { changeListing } from '../announce.ts';
import { ListingId } from '../entities.ts';
import { favouriteChanged, listingChanged, listingUpdated, type ListingChangeKind } from '../events.ts';
import { listingMachine } from '../machine.ts';
import { lockOwnListing } from '../own-listing.ts';
import { OwnListingView, ownListingView } from '../views.ts';

const kinds = { publish: 'published', pause: 'paused', remove: 'removed' } as const satisfies Record<
  string,
  ListingChangeKind
>;

type Code = 'listings.not_found' | 'listings.wrong_state' | 'listings.no_stock' | 'listings.taken_down';

/** The three moves that a seller makes by hand differ in nothing but the machine's answer. */
async function moveListing(
  { input, actor, tx, fail }: CommandContext<'user', { listingId: ListingId }, Code>,
  name: keyof typeof kinds,
): Promise<z.input<typeof OwnListingView>> {
  const listing = await lockOwnListing({ tx, userId: actor.userId, fail }, input.listingId);
  const state = target(listingMachine, name, { state: listing.state, by: 'seller' });
  if (state === null) return fail('listings.wrong_state');
  if (state === 'active' && listing.moderation === 'removed') fail('listings.taken_down');
  if (state === 'active' && listing.quantity === 0) fail('listings.no_stock');
  const now = await tx.now();
  const publishedAt = listing.publishedAt ?? (state === 'active' ? now : null);
  await changeListing(tx, listing, { kind: kinds[name], apply: () => Object.assign(listing, { state, publishedAt }) });
  return ownListingView(tx, listing);
}

const shared = {
  access: 'user',
  ratePerMinute: 60,
  input: z.strictObject({ listingId: ListingId }),
  output: OwnListingView,
  emits: [listingChanged, listingUpdated, favouriteChanged],
} as const;

export const publishListing = defineCommand({
  ...shared,
  name: 'listings.publish',
  summary: 'Put a draft or a paused listing on sale.',
  errors: ['listings.not_found', 'listings.wrong_state', 'listings.taken_down', 'listings.no_stock'],
  run: (context) => moveListing(context, 'publish'),
});

export const pauseListing = defineCommand({
  ...shared,
  name: 'listings.pause',
  summary: 'Take a listing off sale for a while.',
  errors: ['listings.not_found', 'listings.wrong_state'],
  run: (context) => moveListing(context as never, 'pause'),
});

export const removeListing = defineCommand({
  ...shared,
  name: 'listings.remove',
  summary: 'Take a listing off sale for good. Orders under way go on.',
  errors: ['listings.not_found', 'listings.wrong_state'],
  run: (context) => moveListing(context as never, 'remove'),
});
