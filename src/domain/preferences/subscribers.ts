import { sql } from 'kysely';
import type { Sql } from '../kernel/define.ts';
import type { UserId } from '../kernel/ids.ts';
import { preferenceLimits } from './settings.ts';

/**
 * People who want to hear of requests of a category in a city, in the order of their ids, after the last one of the
 * page before. A city that is spelt in other capitals is the same.
 */
export async function subscribersOf(
  db: Sql,
  { categoryId, city, after }: { categoryId: string; city: string; after?: UserId },
): Promise<UserId[]> {
  const { rows } = await sql<{ id: UserId }>`
    select id from preference
    where categories @> array[${categoryId}]::uuid[]
      and exists (select from unnest(cities) c where lower(c) = lower(${city}))
      and (${after ?? null}::uuid is null or id > ${after ?? null}::uuid)
    order by id limit ${preferenceLimits.subscribersMax}`.execute(db);
  return rows.map(({ id }) => id);
}
