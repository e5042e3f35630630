import { sql, type RawBuilder } from 'kysely';
import type { Sql } from './define.ts';
import { definePort } from './ports.ts';

/**
 * Time is the database's. `offsetMs` is 0 in production; tests move it to travel in time, and every comparison of a
 * deadline goes through `databaseNow`, so the whole domain travels with it.
 */
export interface Clock {
  offsetMs: number;
}

export const clockPort = definePort<Clock>('kernel.clock');

/** The same clock as an expression, for statements that can spare the question. Whole milliseconds, like our dates. */
export function sqlNow({ offsetMs }: Clock): RawBuilder<Date> {
  return sql`date_trunc('milliseconds', clock_timestamp()) + ${offsetMs}::float8 * interval '1 millisecond'`;
}

/** The database's wall clock plus the clock's offset. `clock_timestamp()`, not `now()`: a wait for a lock counts. */
export async function databaseNow(db: Sql, clock: Clock): Promise<Date> {
  const { rows } = await sql<{
    ms: string;
  }>`select (extract(epoch from clock_timestamp()) * 1000)::bigint::text as ms`.execute(db);
  return new Date(Number(rows[0]?.ms) + clock.offsetMs);
}
