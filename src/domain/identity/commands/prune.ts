import { sql, type RawBuilder } from 'kysely';
import { z } from 'zod';
import { defineCommand, defineSweep, type Sql } from '../../kernel/define.ts';
import { identityLimits } from '../settings.ts';
import { tokensPort } from '../tokens.ts';

/** Rows that one call takes of each table. */
const batch = 5_000;

export const prune = defineCommand({
  name: 'sessions.prune',
  access: 'system',
  summary: 'Delete codes, links, counts, sessions, spent tokens and origins past their time.',
  input: z.strictObject({}),
  output: z.object({ swept: z.int() }),
  errors: [],
  async run({ tx }) {
    const now = (await tx.now()).getTime();
    const ago = (ms: number) => sql`${new Date(now - ms).toISOString()}::timestamptz`;
    const { codeSendsWindowMs, deadSessionsKeptMs, originsKeptMs } = identityLimits;
    const due: [string, string, RawBuilder<unknown>][] = [
      // Kept for the hour in which they count.
      ['one_time_code', 'id', sql`sent_at < ${ago(codeSendsWindowMs)} and expires_at < ${ago(0)}`],
      ['password_reset', 'token_hash', sql`expires_at < ${ago(0)} and created_at < ${ago(codeSendsWindowMs)}`],
      ['quota', 'key', sql`ends_at < ${ago(0)}`],
      // Their refresh tokens go with them.
      ['session', 'id', sql`revoked_at < ${ago(deadSessionsKeptMs)} or expires_at < ${ago(deadSessionsKeptMs)}`],
      // No token lives longer than this, so none of these could come from a holder that was away.
      ['refresh_token', 'hash', sql`used_at < ${ago(tx.port(tokensPort).refreshTtlMs)}`],
      // What would be refused by its age alone.
      ['telegram_exchange', 'fingerprint', sql`expires_at < ${ago(0)}`],
      ['known_origin', 'ctid', sql`seen_at < ${ago(originsKeptMs)}`],
    ];
    let swept = 0;
    for (const [table, key, condition] of due) {
      swept = Math.max(swept, await deleteSome(tx.sql, { table, key, condition }));
    }
    return { swept };
  },
});

async function deleteSome(
  db: Sql,
  { table, key, condition }: { table: string; key: string; condition: RawBuilder<unknown> },
): Promise<number> {
  const row = sql.ref(key);
  const result = await sql`
    delete from ${sql.table(table)} where ${row} in (
      select ${row} from ${sql.table(table)} where ${condition} limit ${batch} for update skip locked)`.execute(db);
  return Number(result.numAffectedRows ?? 0);
}

export const pruneJob = defineSweep({
  name: 'sessions.prune',
  everySeconds: 600,
  summary: prune.summary,
  command: prune,
  batch,
});
