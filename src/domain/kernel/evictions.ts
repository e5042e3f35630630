import { sql } from 'kysely';
import { sqlNow, type Clock } from './clock.ts';
import type { Eviction, Sql } from './define.ts';

/** From whom something was taken. A hint: look at the session, or at all sessions of the person, again. */
export interface RecordedEviction {
  readonly id: string;
  readonly userId: string | null;
  readonly sessionId: string | null;
}

/**
 * How far back nodes look. Ids are no order of commits, so what a node has seen is remembered by id; a transaction that
 * takes longer than this is ended by the server.
 */
const lookBackMs = 60_000;
const keptMs = 3_600_000;

/** Records evictions in the transaction that causes them, for nodes that the message does not reach. */
export async function recordEvictions(db: Sql, evictions: readonly Eviction[], clock: Clock): Promise<void> {
  const rows = evictions.map((eviction) =>
    'sessionId' in eviction ? { session_id: eviction.sessionId } : { user_id: eviction.userId },
  );
  await sql`
    insert into eviction (at, user_id, session_id)
    select ${sqlNow(clock)}, e.user_id, e.session_id
    from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as e(user_id uuid, session_id uuid)`.execute(db);
}

/** The evictions of the last minute, in no order. */
export async function recentEvictions(db: Sql, clock: Clock): Promise<RecordedEviction[]> {
  const { rows } = await sql<RecordedEviction>`
    select id::text, user_id as "userId", session_id as "sessionId" from eviction
    where at > ${sqlNow(clock)} - ${lookBackMs}::float8 * interval '1 millisecond'`.execute(db);
  return rows;
}

/** Deletes what no node looks for any more. Returns rows deleted. */
export async function pruneEvictions(db: Sql, now: Date): Promise<number> {
  const before = new Date(now.getTime() - keptMs).toISOString();
  const result = await sql`
    delete from eviction where id in (select id from eviction where at < ${before}::timestamptz limit 5000)`.execute(
    db,
  );
  return Number(result.numAffectedRows ?? 0);
}
