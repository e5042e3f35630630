import { sql } from 'kysely';
import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { Point } from '../../kernel/geo.ts';
import { page, pageInput } from '../../kernel/pagination.ts';
import { viewerIdOf } from '../record-view.ts';
import { feeds } from '../entities.ts';
import { geography, listingPage, matching, newestFirst, type Ordering } from '../search.ts';
import { ListingView } from '../views.ts';

// Metres. Beyond any distance on Earth (about 20,000 km): the own neighbourhood comes before all others, listings
// without a place come last.
const otherNeighborhoodM = 30_000_000;
const nowhereM = 90_000_000;

export const listingFeed = defineQuery({
  name: 'listings.feed',
  access: 'guest',
  summary:
    'Active listings of one feed: `discover` newest first, `community` own neighbourhood first, then by distance.',
  input: z.strictObject({
    ...pageInput,
    feed: z.enum(feeds).default('discover'),
    near: Point.optional(),
    neighborhood: z.string().trim().min(1).max(100).optional(),
  }),
  output: page(ListingView),
  errors: [],
  async run({ input: { cursor, limit, ...input }, actor, db, sql: database, port }) {
    const ordering = orderingOf(input);
    const where = matching({ feed: input.feed }, { viewerId: viewerIdOf(actor) });
    return listingPage({ db, sql: database, port }, where, { ordering, cursor, limit });
  },
});

function orderingOf({
  feed,
  near,
  neighborhood,
}: {
  feed: string;
  near?: Point | undefined;
  neighborhood?: string | undefined;
}): Ordering {
  if (feed === 'discover' || (!near && neighborhood === undefined)) return newestFirst;
  const own = sql`lower(l.neighborhood) = lower(${neighborhood ?? null}::text)`;
  if (!near) return { key: sql`case when ${own} then 1 else 0 end`, type: 'bigint', direction: 'desc' };
  const distance = sql`coalesce(st_distance(l.location, ${geography(near)}), ${nowhereM})`;
  const elsewhere = sql`case when ${own} then 0 else ${otherNeighborhoodM} end`;
  return { key: sql`round((${elsewhere} + ${distance})::numeric, 3)`, type: 'numeric', direction: 'asc' };
}
