import { sql } from 'kysely';
import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { viewerIdOf } from '../record-view.ts';
import { orNull } from '../../kernel/or-null.ts';
import { page, pageInput } from '../../kernel/pagination.ts';
import { countFacets, Facets } from '../facets.ts';
import {
  geography,
  listingPage,
  matching,
  newestFirst,
  searchFilters,
  textModeOf,
  type Ordering,
  type SearchFilters,
} from '../search.ts';
import { ListingView } from '../views.ts';

const sorts = ['newest', 'price_asc', 'price_desc', 'nearest', 'relevance', 'rating'] as const;

export const searchListings = defineQuery({
  name: 'listings.search',
  access: 'guest',
  summary: 'Find active listings. Sorted by relevance with `q`, else newest first; the first page carries facets.',
  input: searchFilters
    .extend({ ...pageInput, sort: z.enum(sorts).optional() })
    .superRefine(({ sort, near, q }, issues) => {
      if (sort === 'nearest' && !near)
        issues.addIssue({ code: 'custom', path: ['sort'], message: 'nearest needs near' });
      if (sort === 'relevance' && !q) issues.addIssue({ code: 'custom', path: ['sort'], message: 'relevance needs q' });
    }),
  output: page(ListingView).extend({ facets: orNull(Facets) }),
  errors: [],
  consistent: true,
  async run({ input: { cursor, limit, sort, ...filters }, actor, db, sql: database, port }) {
    const where = matching(filters, { mode: await textModeOf(database, filters), viewerId: viewerIdOf(actor) });
    const ordering = orderingOf(sort ?? (filters.q === undefined ? 'newest' : 'relevance'), filters);
    const found = await listingPage({ db, sql: database, port }, where, { ordering, cursor, limit });
    return { ...found, facets: cursor === undefined ? await countFacets(database, where) : null };
  },
});

function orderingOf(sort: (typeof sorts)[number], { q, near }: SearchFilters): Ordering {
  if (sort === 'price_asc') return { key: sql`l.price_minor`, type: 'bigint', direction: 'asc' };
  if (sort === 'price_desc') return { key: sql`l.price_minor`, type: 'bigint', direction: 'desc' };
  if (sort === 'rating') return { key: sql`l.rating_score`, type: 'numeric', direction: 'desc' };
  if (sort === 'nearest' && near) {
    return {
      key: sql`round(st_distance(l.location, ${geography(near)})::numeric, 3)`,
      type: 'numeric',
      direction: 'asc',
    };
  }
  if (sort === 'relevance') {
    const rank = sql`ts_rank(l.search, websearch_to_tsquery('english', ${q})) + word_similarity(${q}, l.title)`;
    return { key: sql`round((${rank})::numeric, 6)`, type: 'numeric', direction: 'desc' };
  }
  return newestFirst;
}
