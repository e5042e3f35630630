import { lockListing, moderateListing, readListing } from '../catalog/index.ts';
import { readMessage, removeMessage } from '../chat/index.ts';
import { liftSuspension, publicProfiles, suspendAccount } from '../identity/index.ts';
import type { UserActor } from '../kernel/actor.ts';
import type { Tx } from '../kernel/define.ts';
import type { UserId } from '../kernel/ids.ts';
import { liftShopSuspension, readShop, suspendShop } from '../merchants/index.ts';
import { hideReview, readReview } from '../reviews/index.ts';
import { endStreamById, readStream } from '../streams/index.ts';
import { SanctionEntity, type SubjectKind } from './entities.ts';

/** What a report is about, as its reporter sees it now. */
interface Seen {
  readonly ownerId: UserId;
  readonly snapshot: Record<string, unknown>;
}

interface SubjectRule {
  /** Null when the person cannot see it. */
  see(tx: Tx, id: string, actor: UserActor): Promise<Seen | null>;
  /** Takes it away for good; left out where nothing can be taken away. */
  remove?(tx: Tx, id: string, reason: string): Promise<unknown>;
  shadow?(tx: Tx, id: string, reason: string): Promise<unknown>;
  /** What is suspended in place of the account of whoever answers for it. */
  readonly suspension?: Suspension;
}

interface Suspension {
  /** Returns since when moderators have it suspended, or null when it is gone or was suspended by others before. */
  begin(tx: Tx, id: string, reason: string): Promise<Date | null>;
  end(tx: Tx, id: string, since: Date): Promise<void>;
}

/** What can be reported, and what moderators can do to it beside warning and suspending who answers for it. */
export const subjectRules: Readonly<Record<SubjectKind, SubjectRule>> = {
  user: {
    async see(tx, id) {
      const profile = (await publicProfiles(tx.db, [id])).get(id);
      return profile ? { ownerId: id, snapshot: { ...profile } } : null;
    },
  },
  listing: {
    async see(tx, id, actor) {
      const listing = await readListing(tx.db, id, actor);
      if (!listing) return null;
      const { sellerId, title, description, priceMinor, currency, images } = listing;
      return { ownerId: sellerId, snapshot: { title, description, priceMinor, currency, images } };
    },
    remove: (tx, id, reason) => moderate(tx, id, { action: 'remove', reason }),
    shadow: (tx, id, reason) => moderate(tx, id, { action: 'shadow', reason }),
  },
  message: {
    async see(tx, id, { userId }) {
      const message = await readMessage(tx.db, { messageId: id, userId });
      if (!message) return null;
      const { senderId, conversationId, text, images, at } = message;
      return { ownerId: senderId, snapshot: { conversationId, text, images, at } };
    },
    remove: (tx, id) => removeMessage(tx, id),
  },
  review: {
    async see(tx, id) {
      const review = await readReview(tx, id);
      if (!review) return null;
      const { authorId, rating, comment, reply, images } = review;
      return { ownerId: authorId, snapshot: { rating, comment, reply, images } };
    },
    remove: (tx, id, reason) => hideReview(tx, id, reason),
  },
  stream: {
    async see(tx, id) {
      const stream = await readStream(tx.db, id);
      if (!stream) return null;
      const { hostId, title, description, state } = stream;
      return { ownerId: hostId, snapshot: { title, description, state } };
    },
    remove: (tx, id) => endStreamById(tx, id),
  },
  merchant: {
    async see(tx, id) {
      const shop = await readShop(tx.db, id);
      if (!shop) return null;
      const { sellerId, slug, name, description, category } = shop;
      return { ownerId: sellerId, snapshot: { slug, name, description, category } };
    },
    suspension: { begin: suspendShop, end: liftShopSuspension },
  },
};

async function moderate(tx: Tx, id: string, as: { action: 'remove' | 'shadow'; reason: string }): Promise<void> {
  const listing = await lockListing(tx, id);
  if (listing) await moderateListing(tx, listing, as);
}

const ofAccount: Suspension = { begin: suspendedSince, end: liftSuspension };

/**
 * Since when the person is kept out by moderators. Null where an admin did so before: what admins begin, only they end.
 */
async function suspendedSince(tx: Tx, userId: UserId, note: string): Promise<Date | null> {
  const suspended = await suspendAccount(tx, userId, note);
  if (!suspended) return null;
  const { since, isNew } = suspended;
  const isOurs = isNew || (await tx.db.count(SanctionEntity, { userId, since })) > 0;
  return isOurs ? since : null;
}

/** How what was reported is suspended, and what: the shop itself, or the account of the person. */
export function suspensionOf(about: { subjectKind: SubjectKind; subjectId: string; userId: UserId }) {
  const own = subjectRules[about.subjectKind].suspension;
  const [suspension, id] = own ? [own, about.subjectId] : [ofAccount, about.userId];
  return {
    begin: (tx: Tx, reason: string) => suspension.begin(tx, id, reason),
    end: (tx: Tx, since: Date) => suspension.end(tx, id, since),
  };
}
