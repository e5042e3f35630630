import { sql } from 'kysely';
import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { Currency } from '../../kernel/money.ts';
import { orNull } from '../../kernel/or-null.ts';
import { withDescendants } from '../categories.ts';
import { BrandId, CategoryId, conditions } from '../entities.ts';
import { catalogRules } from '../rules.ts';

export const suggestPrice = defineQuery({
  name: 'listings.suggestPrice',
  access: 'user',
  summary: 'Median and quartiles of comparable active and sold listings; null when there are none.',
  input: z.strictObject({
    categoryId: CategoryId,
    currency: Currency,
    brandId: BrandId.optional(),
    condition: z.enum(conditions).optional(),
    title: z.string().trim().min(1).max(100).optional(),
  }),
  output: z.object({
    count: z.int(),
    lowerQuartileMinor: orNull(z.int()),
    medianMinor: orNull(z.int()),
    upperQuartileMinor: orNull(z.int()),
  }),
  errors: [],
  async run({ input: { categoryId, currency, brandId, condition, title }, sql: database }) {
    const closest = title === undefined ? sql`` : sql`word_similarity(${title}, l.title) desc,`;
    const { rows } = await sql<{ count: number; prices: string[] | null }>`
      select count(*)::int as count,
             percentile_disc(array[0.25, 0.5, 0.75]) within group (order by price_minor)::text[] as prices
      from (
        select l.price_minor from listing l
        where l.state in ('active', 'sold_out') and l.moderation is null
          and l.category_id in ${withDescendants(categoryId)}
          and l.currency = ${currency}
          and (${brandId ?? null}::uuid is null or l.brand_id = ${brandId ?? null})
          and (${condition ?? null}::text is null or l.condition = ${condition ?? null})
        order by ${closest} l.published_at desc limit ${title === undefined ? catalogRules.comparablesMax : 30}
      ) comparable`.execute(database);
    const [row] = rows;
    const [lowerQuartileMinor = null, medianMinor = null, upperQuartileMinor = null] = (row?.prices ?? []).map(Number);
    return { count: row?.count ?? 0, lowerQuartileMinor, medianMinor, upperQuartileMinor };
  },
});
