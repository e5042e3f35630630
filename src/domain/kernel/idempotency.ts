import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { sqlNow, type Clock } from './clock.ts';
import type { Sql } from './define.ts';
import { CommandError, type FailDetails } from './errors.ts';
import { limits } from './limits.ts';

export interface IdempotencySlot {
  readonly actorId: string;
  readonly key: string;
  readonly command: string;
  readonly inputHash: string;
}

/** What the first call answered: data, or a failure that kept its writes. Other failures leave no trace and no slot. */
export type StoredAnswer =
  | { readonly data: unknown }
  | { readonly failure: { readonly code: string; readonly details: FailDetails } };

/** A hash of the parsed input. Parsing puts fields in schema order, so that equal inputs hash equally. */
export function hashInput(input: unknown): string {
  return createHash('sha256').update(JSON.stringify(input)).digest('base64url');
}

/**
 * Claims the slot in the caller's transaction, or returns what the first call with this key answered.
 * A second call in flight waits on the row until the first commits (then it gets the stored result) or rolls back.
 */
export async function storedAnswer(db: Sql, slot: IdempotencySlot, clock: Clock): Promise<StoredAnswer | null> {
  const claimed = await sql`
    insert into idempotency (actor_id, key, command, input_hash, created_at)
    values (${slot.actorId}, ${slot.key}, ${slot.command}, ${slot.inputHash}, ${sqlNow(clock)})
    on conflict do nothing`.execute(db);
  if (Number(claimed.numAffectedRows) === 1) return null;
  return knownAnswer(db, slot);
}

/** What a call that committed with this key answered; null where there was none yet. */
export async function knownAnswer(db: Sql, slot: IdempotencySlot): Promise<StoredAnswer | null> {
  const { rows } = await sql<{ command: string; input_hash: string; result: StoredAnswer }>`
    select command, input_hash, result from idempotency
    where actor_id = ${slot.actorId} and key = ${slot.key}`.execute(db);
  const [row] = rows;
  if (!row) return null;
  if (row.command !== slot.command || row.input_hash !== slot.inputHash)
    throw new CommandError('idempotency.key_reused');
  return row.result;
}

export function answerOf(output: unknown): StoredAnswer {
  if (!(output instanceof CommandError)) return { data: output };
  const { code, details } = output;
  return { failure: { code, details } };
}

/** Answers as the first call did. */
export function repeat(stored: StoredAnswer): unknown {
  if ('data' in stored) return stored.data;
  throw new CommandError(stored.failure.code, stored.failure.details);
}

export async function storeAnswer(db: Sql, slot: IdempotencySlot, answer: StoredAnswer): Promise<void> {
  await sql`
    update idempotency set result = ${JSON.stringify(answer)}::text::jsonb
    where actor_id = ${slot.actorId} and key = ${slot.key}`.execute(db);
}

/** Deletes one batch of keys past their time. Returns rows deleted. */
export async function pruneIdempotency(db: Sql, now: Date): Promise<number> {
  const before = new Date(now.getTime() - limits.idempotencyKeptHours * 3_600_000).toISOString();
  const result = await sql`
    delete from idempotency where (actor_id, key) in (
      select actor_id, key from idempotency where created_at < ${before}::timestamptz limit 5000)`.execute(db);
  return Number(result.numAffectedRows ?? 0);
}

/** Deletes the answers that a person's repeated commands would get. */
export async function forgetAnswers(db: Sql, actorId: string): Promise<void> {
  await sql`delete from idempotency where actor_id = ${actorId} and result is not null`.execute(db);
}
