import { sql, type RawBuilder } from 'kysely';
import { z } from 'zod';
import type { Sql } from '../kernel/define.ts';
import { BrandId, CategoryId, conditions } from './entities.ts';
import { catalogRules } from './rules.ts';

/** How many matches fall on each value. Counted on at most 10,000 matches, the 50 most frequent values of each kind. */
export const Facets = z.object({
  categories: z.array(z.object({ categoryId: CategoryId, count: z.int() })),
  brands: z.array(z.object({ brandId: BrandId, count: z.int() })),
  conditions: z.array(z.object({ condition: z.enum(conditions), count: z.int() })),
});

export async function countFacets(database: Sql, where: RawBuilder<unknown>): Promise<z.input<typeof Facets>> {
  const { rows } = await sql<{
    category: string | null;
    brand: string | null;
    condition: string | null;
    count: number;
  }>`
    select category_id as category, brand_id as brand, condition, count(*)::int as count
    from (
      select l.category_id, l.brand_id, l.condition from listing l where ${where} limit ${catalogRules.facetRowsMax}
    ) found
    group by grouping sets ((category_id), (brand_id), (condition))
    order by count(*) desc, 1, 2, 3`.execute(database);
  const top = <T>(items: T[]) => items.slice(0, catalogRules.facetValuesMax);
  return {
    categories: top(
      rows.flatMap(({ category, count }) => (category ? [{ categoryId: category as never, count }] : [])),
    ),
    brands: top(rows.flatMap(({ brand, count }) => (brand ? [{ brandId: brand as never, count }] : []))),
    conditions: rows.flatMap(({ condition, count }) => (condition ? [{ condition: condition as never, count }] : [])),
  };
}
