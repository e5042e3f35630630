import { sql } from 'kysely';
import { sqlNow, type Clock } from '../kernel/clock.ts';
import type { Sql } from '../kernel/define.ts';

export interface Quota {
  readonly key: string;
  readonly amount?: number;
  readonly limit: number;
  readonly windowMs: number;
}

/**
 * Takes from every quota in one statement and returns how long to wait where one is used up, else null. What is asked
 * for counts in any case, and before it is done: of many at once, no more than the limit get through.
 */
export async function spend(db: Sql, clock: Clock, quotas: readonly Quota[]): Promise<{ retryAfterMs: number } | null> {
  const input = JSON.stringify(quotas.map(({ key, amount = 1, windowMs }) => ({ key, amount, window_ms: windowMs })));
  // Sorted, so that two who take from the same quotas cannot wait for each other.
  const { rows } = await sql<{ key: string; used: number; wait_ms: number }>`
    insert into quota as q (key, used, ends_at)
    select i.key, i.amount, ${sqlNow(clock)} + i.window_ms * interval '1 millisecond'
    from jsonb_to_recordset(${input}::text::jsonb) as i(key text, amount int, window_ms float8) order by i.key
    on conflict (key) do update set
      used = case when q.ends_at <= ${sqlNow(clock)} then excluded.used
                  else least(q.used::bigint + excluded.used, 1000000000)::int end,
      ends_at = case when q.ends_at <= ${sqlNow(clock)} then excluded.ends_at else q.ends_at end
    returning key, used, ceil(extract(epoch from q.ends_at - ${sqlNow(clock)}) * 1000)::float8 as wait_ms`.execute(db);
  const limits = new Map(quotas.map(({ key, limit }) => [key, limit]));
  const waits = rows.filter(({ key, used }) => used > (limits.get(key) ?? 0)).map((row) => Math.max(1, row.wait_ms));
  return waits.length === 0 ? null : { retryAfterMs: Math.max(...waits) };
}

/** Gives back what one try took; what others took stays. */
export async function returnOne(db: Sql, keys: readonly string[]): Promise<void> {
  await sql`update quota set used = greatest(used - 1, 0) where key = any(${`{${keys.join(',')}}`}::text[])`.execute(
    db,
  );
}

/** Gives back all that was taken: who is let in starts anew. */
export async function restoreQuotas(db: Sql, keys: readonly string[]): Promise<void> {
  await sql`delete from quota where key = any(${`{${keys.join(',')}}`}::text[])`.execute(db);
}
