import { sql } from 'kysely';
import type { Sql } from '../kernel/define.ts';

export interface Counts {
  readonly views: number;
  readonly favourites: number;
}

export async function countsOf(db: Sql, ids: readonly string[]): Promise<(id: string) => Counts> {
  const { rows } = await sql<{ id: string; views: string; favourites: string }>`
    select listing_id as id, views::text, favourites::text from listing_counter
    where listing_id = any(${`{${ids.join(',')}}`}::uuid[])`.execute(db);
  const byId = new Map(
    rows.map(({ id, views, favourites }) => [id, { views: Number(views), favourites: Number(favourites) }]),
  );
  return (id) => byId.get(id) ?? { views: 0, favourites: 0 };
}

export async function countFavourite(db: Sql, listingId: string, by: 1 | -1): Promise<void> {
  await sql`
    insert into listing_counter as c (listing_id, views, favourites) values (${listingId}, 0, greatest(${by}::int, 0))
    on conflict (listing_id) do update set favourites = c.favourites + ${by}::int`.execute(db);
}
