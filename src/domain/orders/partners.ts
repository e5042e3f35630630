import { sql } from 'kysely';
import type { Sql } from '../kernel/define.ts';

/** Which of these people the user has bought from or sold to. */
export async function tradingPartners(db: Sql, userId: string, ids: readonly string[]): Promise<Set<string>> {
  const others = sql`any(${`{${ids.join(',')}}`}::uuid[])`;
  const { rows } = await sql<{ id: string }>`
    select seller_id::text as id from sub_order where buyer_id = ${userId} and seller_id = ${others}
    union
    select buyer_id::text from sub_order where seller_id = ${userId} and buyer_id = ${others}`.execute(db);
  return new Set(rows.map(({ id }) => id));
}
