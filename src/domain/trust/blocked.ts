import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { Sql, Tx } from '../kernel/define.ts';

/** As a condition of a statement that is made anyway; see `isBlocked`. */
export function areBlocked(one: RawBuilder<unknown>, other: RawBuilder<unknown>): RawBuilder<boolean> {
  return sql<boolean>`is_blocked(${one}, ${other})`;
}

/** The same without a lock: for finding what has to be looked at. */
export function areBlockedNow(one: RawBuilder<unknown>, other: RawBuilder<unknown>): RawBuilder<boolean> {
  return sql<boolean>`exists (
    select from block where (blocker_id = ${one} and blocked_id = ${other})
                         or (blocker_id = ${other} and blocked_id = ${one}))`;
}

/**
 * Whether one of two people has blocked the other. The answer holds until the transaction ends: a block of them waits
 * for it, and this waits for a block that is being made, so that nothing passes once a block has committed.
 */
export async function isBlocked(tx: Pick<Tx, 'sql'>, one: string, other: string): Promise<boolean> {
  const { rows } = await sql<{ blocked: boolean }>`
    select ${areBlocked(sql`${one}::uuid`, sql`${other}::uuid`)} as blocked`.execute(tx.sql);
  return rows[0]?.blocked ?? false;
}

/** Which of these people the user has blocked or was blocked by. Takes no lock: for reading. */
export async function blockedAmong(db: Sql, userId: string, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const others = sql`any(${`{${ids.join(',')}}`}::uuid[])`;
  const { rows } = await sql<{ id: string }>`
    select blocked_id::text as id from block where blocker_id = ${userId} and blocked_id = ${others}
    union
    select blocker_id::text from block where blocked_id = ${userId} and blocker_id = ${others}`.execute(db);
  return new Set(rows.map(({ id }) => id));
}

/** Waits for what the two are doing with one another and keeps them from doing more until the transaction ends. */
export async function lockPair(tx: Pick<Tx, 'sql'>, one: string, other: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(pair_key(${one}::uuid, ${other}::uuid))`.execute(tx.sql);
}
