import { LockMode } from '@mikro-orm/core';
import { sql, type RawBuilder } from 'kysely';
import type { Db } from '../kernel/define.ts';
import { BrandEntity, CategoryEntity, type BrandId, type CategoryId } from './entities.ts';

/** The ids of a category and everything below it, as a subquery. */
export function withDescendants(categoryId: string): RawBuilder<unknown> {
  return sql`(
    with recursive below as (
      select id from category where id = ${categoryId}
      union select c.id from category c join below b on c.parent_id = b.id
    )
    select id from below)`;
}

/** Checks that both exist and keeps them from being removed until the transaction ends. Undefined and null pass. */
export async function missingReference(
  db: Db,
  { categoryId, brandId }: { categoryId?: CategoryId | undefined; brandId?: BrandId | null | undefined },
): Promise<'categories.not_found' | 'brands.not_found' | null> {
  const lock = { lockMode: LockMode.PESSIMISTIC_READ } as const;
  if (categoryId && !(await db.findOne(CategoryEntity, { id: categoryId }, lock))) return 'categories.not_found';
  if (brandId && !(await db.findOne(BrandEntity, { id: brandId }, lock))) return 'brands.not_found';
  return null;
}
