import { sql } from 'kysely';
import { sqlNow, type Clock } from './clock.ts';
import type { PendingInboxEvent, Sql } from './define.ts';
import { limits } from './limits.ts';
import { lastStatement } from './transaction.ts';

/** An inbox event as it is stored and pushed. `at` is ISO 8601; `seq` counts 1, 2, 3 … per person. */
export interface StoredInboxEvent {
  readonly seq: number;
  readonly type: string;
  readonly at: string;
  readonly data: unknown;
}

export interface InboxBatch {
  readonly userId: string;
  readonly epoch: string;
  readonly events: StoredInboxEvent[];
}

export interface InboxPull {
  readonly epoch: string;
  readonly events: StoredInboxEvent[];
  readonly head: number;
  readonly more: boolean;
  readonly snapshotRequired: boolean;
}

/**
 * Appends events for any number of people in one statement and returns them numbered.
 *
 * The head row is taken inside the caller's transaction, so numbers are gap-free and in commit order. Heads are locked
 * in user order, as late as possible in the transaction: two commands for overlapping people cannot deadlock here.
 * `isLast` promises that nothing but the commit follows: it may then go with the statement.
 */
export async function appendInbox(
  db: Sql,
  pending: readonly PendingInboxEvent[],
  { isLast = false, ...clock }: Clock & { isLast?: boolean },
): Promise<InboxBatch[]> {
  if (pending.length === 0) return [];
  const input = JSON.stringify(
    pending.map((event, ord) => ({ user_id: event.userId, ord, type: event.type, data: event.data })),
  );
  const { rows } = await sql<{ recipient: string; first_seq: string; log_epoch: string; at: string }>`
    select recipient, first_seq::text, log_epoch, (extract(epoch from appended_at) * 1000)::bigint::text as at
    from inbox_append(${input}::text::jsonb, ${sqlNow(clock)})${isLast ? sql.raw(lastStatement) : sql``}`.execute(db);
  const byUser = Map.groupBy(pending, (event) => event.userId);
  return rows.map(({ recipient: userId, log_epoch: epoch, first_seq: first, at: appendedMs }) => {
    const at = new Date(Number(appendedMs)).toISOString();
    const own = byUser.get(userId) ?? [];
    const events = own.map(({ type, data }, index) => ({
      seq: Number(first) + index,
      type,
      at,
      data,
    }));
    return { userId, epoch, events };
  });
}

/** Reads the events after a cursor, oldest first. An unknown epoch or a cursor too old asks for a snapshot. */
export async function pullInbox(
  db: Sql,
  userId: string,
  cursor: { epoch: string; after: number; limit: number },
): Promise<InboxPull> {
  const { epoch, head } = await inboxHead(db, userId);
  const none = { epoch, events: [], head, more: false };
  if (cursor.epoch !== epoch || cursor.after > head) return { ...none, snapshotRequired: true };
  const { rows } = await sql<{ seq: string; type: string; at: string; data: unknown }>`
    select seq::text, type, (extract(epoch from at) * 1000)::bigint::text as at, data from inbox_event
    where user_id = ${userId} and seq > ${cursor.after} and seq <= ${head}
    order by inbox_event.seq limit ${cursor.limit}`.execute(db);
  const events = rows.map((row) => ({
    seq: Number(row.seq),
    type: row.type,
    at: new Date(Number(row.at)).toISOString(),
    data: row.data,
  }));
  const first = events[0]?.seq ?? head + 1;
  if (first !== cursor.after + 1) return { ...none, snapshotRequired: true };
  return { epoch, events, head, more: (events.at(-1)?.seq ?? head) < head, snapshotRequired: false };
}

/** The current epoch and the number of a person's newest event (0 when there is none). */
export async function inboxHead(db: Sql, userId: string): Promise<{ epoch: string; head: number }> {
  const { rows } = await sql<{ epoch: string; head: string }>`
    select epoch, coalesce((select seq from inbox_head where user_id = ${userId}), 0)::text as head
    from inbox_epoch`.execute(db);
  return { epoch: rows[0]?.epoch ?? '', head: Number(rows[0]?.head ?? 0) };
}

/** Heads of many people in one query; people without events are absent. */
export async function inboxHeads(db: Sql, userIds: readonly string[]): Promise<Map<string, number>> {
  const { rows } = await sql<{ user_id: string; seq: string }>`
    select user_id, seq::text from inbox_head where user_id = any(${`{${userIds.join(',')}}`}::uuid[])`.execute(db);
  return new Map(rows.map((row) => [row.user_id, Number(row.seq)]));
}

/** Deletes one batch of events older than the retention. Heads stay, so numbering goes on. Returns rows deleted. */
export async function pruneInbox(db: Sql, now: Date): Promise<number> {
  const before = new Date(now.getTime() - limits.inboxKeptDays * 86_400_000).toISOString();
  const result = await sql`
    delete from inbox_event where (user_id, seq) in (
      select user_id, seq from inbox_event where at < ${before}::timestamptz limit 5000)`.execute(db);
  return Number(result.numAffectedRows ?? 0);
}
