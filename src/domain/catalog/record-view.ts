import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { z } from 'zod';
import type { Actor } from '../kernel/actor.ts';
import { defineCommand, defineSweep } from '../kernel/define.ts';
import { limits } from '../kernel/limits.ts';
import { ListingId } from './entities.ts';
import { catalogRules } from './rules.ts';

export function viewerIdOf(actor: Actor): string | null {
  return actor.kind === 'user' ? actor.userId : null;
}

/** Who looks, for counting once a day. A guest is an address, kept only as a hash and only for two days. */
export function viewerOf(actor: Actor): string | null {
  if (actor.kind === 'system') return null;
  if (actor.kind === 'user') return `user:${actor.userId}`;
  return `guest:${createHash('sha256').update(actor.ip).digest('base64url').slice(0, 22)}`;
}

export const recordView = defineCommand({
  name: 'listings.recordView',
  access: 'system',
  summary: 'Count a view of a listing, once per viewer and day.',
  input: z.strictObject({ listingId: ListingId, viewer: z.string().min(1).max(60) }),
  output: z.object({ counted: z.boolean() }),
  errors: [],
  async run({ input: { listingId, viewer }, tx }) {
    const day = (await tx.now()).toISOString().slice(0, 10);
    const counted = await sql`
      with seen as (
        insert into listing_view (listing_id, viewer, day)
        select id, ${viewer}, ${day}::date from listing where id = ${listingId}
        on conflict do nothing returning listing_id
      )
      insert into listing_counter as c (listing_id, views, favourites) select listing_id, 1, 0 from seen
      on conflict (listing_id) do update set views = c.views + 1`.execute(tx.sql);
    return { counted: Number(counted.numAffectedRows ?? 0) === 1 };
  },
});

export const pruneViews = defineCommand({
  name: 'listings.pruneViews',
  access: 'system',
  summary: 'Forget one batch of who viewed what on past days; the counts stay.',
  input: z.strictObject({}),
  output: z.object({ swept: z.int() }),
  errors: [],
  async run({ tx }) {
    const before = new Date((await tx.now()).getTime() - catalogRules.viewsKeptDays * 86_400_000)
      .toISOString()
      .slice(0, 10);
    const pruned = await sql`
      delete from listing_view where (listing_id, viewer, day) in (
        select listing_id, viewer, day from listing_view where day < ${before}::date limit ${limits.sweepBatch}
      )`.execute(tx.sql);
    return { swept: Number(pruned.numAffectedRows ?? 0) };
  },
});

export const pruneViewsJob = defineSweep({
  name: 'listings.pruneViews',
  everySeconds: 3_600,
  summary: 'Forget who viewed what on past days.',
  command: pruneViews,
  batch: limits.sweepBatch,
});
