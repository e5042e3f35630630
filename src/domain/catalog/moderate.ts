import type { Tx } from '../kernel/define.ts';
import { changeListing } from './announce.ts';
import type { Listing } from './entities.ts';
import { tellFavouritersJob } from './tell-favouriters.ts';

export const moderationActions = ['remove', 'shadow', 'restore'] as const;
export type ModerationAction = (typeof moderationActions)[number];

const outcomes = { remove: 'removed', shadow: 'shadowed', restore: null } as const;

/**
 * Hides a locked listing from everybody but its seller, or shows it again. The seller is told, with the reason, unless
 * the listing is shadowed or was. False, changing nothing, when it is that way already.
 */
export async function moderateListing(
  tx: Tx,
  listing: Listing,
  { action, reason }: { action: ModerationAction; reason: string },
): Promise<boolean> {
  const before = listing.moderation ?? null;
  const moderation = outcomes[action];
  if (before === moderation) return false;
  const changes = { moderation, moderationReason: moderation && reason };
  if (before === 'removed' || moderation === 'removed') {
    const kind = moderation === 'removed' ? 'taken_down' : 'restored';
    await changeListing(tx, listing, { kind, apply: () => void Object.assign(listing, changes) });
    return true;
  }
  Object.assign(listing, changes, { cardVersion: listing.cardVersion + 1, favouritesDue: true });
  await tx.db.flush();
  tx.nudge(tellFavouritersJob);
  return true;
}
