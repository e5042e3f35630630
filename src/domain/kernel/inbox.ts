import { sql } from 'kysely';
import { sqlNow, type Clock } from './clock.ts';
import type { PendingInboxEvent, Sql } from './define.ts';
import { assert } from './errors.ts';
import { limits } from './limits.ts';
import { isStorable } from './storable.ts';
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
  const byUser = new Map([...Map.groupBy(pending, (event) => event.userId)].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  const sorted = [...byUser.values()].flat();
  const nths = [...byUser.values()].flatMap((own) => own.map((_, nth) => nth));
  const { rows } = await sql<{ recipient: string; first_seq: string; log_epoch: string; at: string }>`
    select recipient, first_seq::text, log_epoch, (extract(epoch from appended_at) * 1000)::bigint::text as at
    from inbox_append(
      ${arrayOf(sorted, ({ userId }) => userId)}::uuid[], ${`{${nths.join(',')}}`}::int[],
      ${arrayOf(sorted, ({ type }) => type)}::text[], ${linesOf(sorted, ({ data }) => data)}::text,
      ${linesOf(sorted, ({ notice }) => notice)}::text, ${sqlNow(clock)}
    )${isLast ? sql.raw(lastStatement) : sql``}`.execute(db);
  return rows.map(({ recipient: userId, log_epoch: epoch, first_seq: first, at: appendedMs }) => {
    const at = new Date(Number(appendedMs)).toISOString();
    const own = byUser.get(userId) ?? [];
    const events = own.map(({ type, data }, index) => ({ seq: Number(first) + index, type, at, data }));
    return { userId, epoch, events };
  });
}

/** Ids and types, none of which holds a comma or a quote, as an array of PostgreSQL. */
function arrayOf(pending: readonly PendingInboxEvent[], part: (event: PendingInboxEvent) => string): string {
  return `{${pending.map(part).join(',')}}`;
}

/** A line of JSON for each event, empty where it has nothing; in JSON a line never breaks. */
function linesOf(pending: readonly PendingInboxEvent[], part: (event: PendingInboxEvent) => unknown): string {
  return pending.map((event) => JSON.stringify(part(event) ?? undefined) ?? '').join('\n');
}

/** Where one person stopped reading; null asks for the head alone. */
export interface InboxWant {
  readonly userId: string;
  readonly cursor: { readonly epoch: string; readonly after: number } | null;
}

/** Reads the events after a cursor, oldest first. An unknown epoch or a cursor too old asks for a snapshot. */
export async function pullInbox(
  db: Sql,
  userId: string,
  { epoch, after, limit }: { epoch: string; after: number; limit: number },
): Promise<InboxPull> {
  const [pulled] = await pullInboxes(db, [{ userId, cursor: { epoch, after } }], limit);
  assert(pulled, 'one cursor has one answer');
  return pulled;
}

/**
 * Heads of many people and, for those with a cursor, the events after it, at most `limit` for each: one statement, in
 * the order asked. One statement sees one moment, so a head is never older than the events under it. The limit on the
 * epoch's only row is for the planner, which guesses a thousand and would compile the statement each time.
 */
export async function pullInboxes(db: Sql, wants: readonly InboxWant[], limit: number): Promise<InboxPull[]> {
  const input = JSON.stringify(
    wants.map(({ userId, cursor }) => ({
      user_id: userId,
      // One that cannot be stored is nobody's, and would fail the statement for all.
      epoch: cursor && isStorable(cursor.epoch) ? cursor.epoch : null,
      after: cursor?.after ?? null,
    })),
  );
  const { rows } = await sql<PulledRow>`
    select want.ord::int, log.epoch, coalesce(inbox_head.seq, 0)::text as head, event.seq::text, event.type,
           (extract(epoch from event.at) * 1000)::bigint::text as at, event.data
    from rows from (jsonb_to_recordset(${input}::text::jsonb) as (user_id uuid, epoch text, after bigint))
         with ordinality as want (user_id, epoch, after, ord)
    cross join (select epoch from inbox_epoch limit 1) log
    left join inbox_head on inbox_head.user_id = want.user_id
    left join lateral (
      select inbox_event.seq, type, at, data from inbox_event
      where user_id = want.user_id and inbox_event.seq > want.after and inbox_event.seq <= inbox_head.seq
        and want.epoch = log.epoch
      order by inbox_event.seq limit ${limit}
    ) event on true
    order by want.ord, event.seq`.execute(db);
  const byWant = Map.groupBy(rows, ({ ord }) => ord);
  return wants.map(({ cursor }, index) => pullOf(cursor, byWant.get(index + 1) ?? []));
}

interface PulledRow {
  readonly ord: number;
  readonly epoch: string;
  readonly head: string;
  /** Null, as what follows, in the only row of a person for whom there is no event. */
  readonly seq: string | null;
  readonly type: string;
  readonly at: string;
  readonly data: unknown;
}

function pullOf(cursor: InboxWant['cursor'], rows: readonly PulledRow[]): InboxPull {
  const epoch = rows[0]?.epoch ?? '';
  const head = Number(rows[0]?.head ?? 0);
  const none = { epoch, events: [], head, more: false };
  if (!cursor) return { ...none, snapshotRequired: false };
  if (cursor.epoch !== epoch || cursor.after > head) return { ...none, snapshotRequired: true };
  const events = rows
    .filter(({ seq }) => seq !== null)
    .map(({ seq, type, at, data }) => ({ seq: Number(seq), type, at: new Date(Number(at)).toISOString(), data }));
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

export interface InboxHeads {
  readonly epoch: string;
  /** People without events are absent. */
  readonly heads: ReadonlyMap<string, number>;
}

/** Heads of many people, and the epoch that holds after a look at where the database is, in one query. */
export async function inboxHeads(db: Sql, userIds: readonly string[]): Promise<InboxHeads> {
  const { rows } = await sql<{ epoch: string; user_id: string | null; seq: string }>`
    with log as materialized (select inbox_current_epoch() as epoch)
    select log.epoch, h.user_id, h.seq::text
    from log left join inbox_head h on h.user_id = any(${`{${userIds.join(',')}}`}::uuid[])`.execute(db);
  const heads = rows.flatMap(({ user_id: userId, seq }) => (userId === null ? [] : [[userId, Number(seq)] as const]));
  return { epoch: rows[0]?.epoch ?? '', heads: new Map(heads) };
}

/** Deletes one batch of events older than the retention. Heads stay, so numbering goes on. Returns rows deleted. */
export async function pruneInbox(db: Sql, now: Date): Promise<number> {
  const before = new Date(now.getTime() - limits.inboxKeptDays * 86_400_000).toISOString();
  const result = await sql`
    delete from inbox_event where (user_id, seq) in (
      select user_id, seq from inbox_event where at < ${before}::timestamptz limit 5000)`.execute(db);
  return Number(result.numAffectedRows ?? 0);
}

/** Deletes all that was ever told to a person, and what of it was still to be told outside. Numbering goes on. */
export async function forgetInbox(db: Sql, userId: string): Promise<void> {
  await sql`delete from inbox_event where user_id = ${userId}`.execute(db);
  await sql`delete from inbox_notice where user_id = ${userId}`.execute(db);
}
