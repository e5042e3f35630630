import { sql, type RawBuilder } from 'kysely';
import { isHiddenSeller } from '../identity/index.ts';
import type { Actor } from '../kernel/actor.ts';
import type { Db, Sql } from '../kernel/define.ts';
import { ListingEntity, type Listing } from './entities.ts';
import { isVisibleTo } from './policy.ts';

/** The condition over `listing l` that a viewer may come across it: sellers do not notice that theirs is shadowed. */
export function shownTo(viewerId: string | null): RawBuilder<unknown> {
  const moderated = viewerId
    ? sql`(l.moderation is null or (l.moderation = 'shadowed' and l.seller_id = ${viewerId}))`
    : sql`l.moderation is null`;
  return sql`${moderated} and not exists (
    select from account seller where seller.id = l.seller_id and ${isHiddenSeller('seller')})`;
}

/** Which of these listings nobody but their sellers and moderators may see, for their own sake or their sellers'. */
export async function hiddenListings(db: Sql, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const { rows } = await sql<{ id: string }>`
    select l.id::text as id from listing l join account seller on seller.id = l.seller_id
    where l.id = any(${`{${ids.join(',')}}`}::uuid[])
      and (l.moderation is not null or ${isHiddenSeller('seller')})`.execute(db);
  return new Set(rows.map(({ id }) => id));
}

export async function isHidden(db: Sql, { id }: Pick<Listing, 'id'>): Promise<boolean> {
  return (await hiddenListings(db, [id])).has(id);
}

/** Whether a listing is hidden from this viewer in particular. */
export async function isHiddenFrom(db: Sql, listing: Pick<Listing, 'id' | 'sellerId'>, actor: Actor): Promise<boolean> {
  if (actor.kind === 'system') return false;
  if (actor.kind === 'user') {
    const isStaff = actor.roles.includes('moderator') || actor.roles.includes('admin');
    if (isStaff || actor.userId === listing.sellerId) return false;
  }
  return isHidden(db, listing);
}

/** A listing that this person may see, or null. */
export async function readListing(db: Db, id: string, actor: Actor): Promise<Listing | null> {
  const listing = await db.findOne(ListingEntity, { id: id });
  if (!listing || !isVisibleTo(listing, actor)) return null;
  return (await isHiddenFrom(db.getKysely(), listing, actor)) ? null : listing;
}
