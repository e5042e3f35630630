import { sql, type RawBuilder } from 'kysely';
import { z } from 'zod';
import type { QueryContext, Sql } from '../kernel/define.ts';
import { Point } from '../kernel/geo.ts';
import { UserId } from '../kernel/ids.ts';
import { limits } from '../kernel/limits.ts';
import { AmountMinor, Currency } from '../kernel/money.ts';
import { cutPage, decodeCursor } from '../kernel/pagination.ts';
import { withDescendants } from './categories.ts';
import { BrandId, CategoryId, conditions, feeds, ListingEntity } from './entities.ts';
import { shownTo } from './hiding.ts';
import { catalogRules } from './rules.ts';
import { listingView } from './views.ts';

export const searchFilters = z.strictObject({
  q: z.string().trim().min(1).max(200).optional(),
  categoryId: CategoryId.optional(),
  brandId: BrandId.optional(),
  minPriceMinor: AmountMinor.optional(),
  maxPriceMinor: AmountMinor.optional(),
  currency: Currency.optional(),
  condition: z.enum(conditions).optional(),
  near: Point.extend({ radiusKm: z.number().positive().max(limits.searchRadiusKmMax) }).optional(),
  sellerId: UserId.optional(),
  feed: z.enum(feeds).optional(),
});
export type SearchFilters = z.output<typeof searchFilters>;

type Fragment = RawBuilder<unknown>;

/** Whether `q` is looked up word by word, or as something that may be misspelt. */
export type TextMode = 'words' | 'typos';

/** The condition that all filters make together, over `listing l`. */
export function matching(
  filters: SearchFilters,
  { mode = 'words', viewerId }: { mode?: TextMode; viewerId: string | null },
): Fragment {
  const { q, categoryId, brandId, minPriceMinor, maxPriceMinor, currency, condition, near, sellerId, feed } = filters;
  const parts: Fragment[] = [sql`l.state = 'active'`, shownTo(viewerId)];
  if (q !== undefined) {
    parts.push(mode === 'words' ? sql`l.search @@ websearch_to_tsquery('english', ${q})` : sql`${q} <% l.title`);
  }
  if (categoryId !== undefined) parts.push(sql`l.category_id in ${withDescendants(categoryId)}`);
  if (brandId !== undefined) parts.push(sql`l.brand_id = ${brandId}`);
  if (minPriceMinor !== undefined) parts.push(sql`l.price_minor >= ${minPriceMinor}`);
  if (maxPriceMinor !== undefined) parts.push(sql`l.price_minor <= ${maxPriceMinor}`);
  if (currency !== undefined) parts.push(sql`l.currency = ${currency}`);
  if (condition !== undefined) parts.push(sql`l.condition = ${condition}`);
  if (near !== undefined) parts.push(sql`st_dwithin(l.location, ${geography(near)}, ${near.radiusKm * 1000})`);
  if (sellerId !== undefined) parts.push(sql`l.seller_id = ${sellerId}`);
  if (feed !== undefined) parts.push(sql`l.feed = ${feed}`);
  return sql.join(parts, sql` and `);
}

export function geography({ lat, lon }: Point): Fragment {
  return sql`st_setsrid(st_makepoint(${lon}::float8, ${lat}::float8), 4326)::geography`;
}

/** How a list is ordered: an SQL key, then the id, both in one direction, so that a cursor is a row comparison. */
export interface Ordering {
  readonly key: Fragment;
  readonly type: 'bigint' | 'numeric' | 'timestamptz';
  readonly direction: 'asc' | 'desc';
}

export const newestFirst: Ordering = { key: sql`l.published_at`, type: 'timestamptz', direction: 'desc' };

// What PostgreSQL casts without an error: a forged cursor must not reach the cast.
const cursorKeys = {
  bigint: z.string().regex(/^\d{1,15}$/),
  numeric: z.string().regex(/^\d{1,15}(\.\d{1,9})?$/),
  timestamptz: z.iso.datetime().startsWith('2'),
};

/** One page of listings, keyset-paged: what is published meanwhile neither repeats nor hides a row. */
export async function listingPage(
  { db, sql: database, port }: Pick<QueryContext<'guest', unknown, never>, 'db' | 'sql' | 'port'>,
  where: Fragment,
  { ordering, cursor, limit }: { ordering: Ordering; cursor: string | undefined; limit: number },
) {
  const { type } = ordering;
  const after = decodeCursor(cursor, z.tuple([cursorKeys[type], z.uuid()]));
  const direction = sql.raw(ordering.direction);
  const beyond = sql.raw(ordering.direction === 'asc' ? '>' : '<');
  const next = after
    ? sql`and (${ordering.key}, l.id) ${beyond} (${after[0]}::${sql.raw(type)}, ${after[1]}::uuid)`
    : sql``;
  const keyText =
    type === 'timestamptz'
      ? sql`to_char(${ordering.key} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`
      : sql`(${ordering.key})::text`;
  const { rows } = await sql<{ id: string; key: string }>`
    select l.id, ${keyText} as key from listing l where ${where} ${next}
    order by ${ordering.key} ${direction}, l.id ${direction} limit ${limit + 1}`.execute(database);
  const listings = await db.find(ListingEntity, { id: { $in: rows.map(({ id }) => id) } });
  const byId = new Map(listings.map((listing) => [listing.id, listing]));
  const found = rows.flatMap(({ id, key }) => {
    const listing = byId.get(id);
    return listing ? [{ listing, key }] : [];
  });
  return cutPage(found, limit, {
    item: ({ listing }) => listingView({ port }, listing),
    key: ({ listing, key }) => [key, listing.id],
  });
}

/**
 * Words are looked up first; only when nothing has them all, titles that differ by a letter or two are. Comparing
 * trigrams of every match of a common word costs far more than the words themselves.
 */
export async function textModeOf(database: Sql, filters: SearchFilters): Promise<TextMode> {
  if (filters.q === undefined) return 'words';
  const { rows } = await sql<{ found: boolean }>`
    select exists (select 1 from listing l where ${matching(filters, { viewerId: null })}) as found,
           set_config('pg_trgm.word_similarity_threshold', ${catalogRules.typoSimilarity}, true)`.execute(database);
  return rows[0]?.found ? 'words' : 'typos';
}
