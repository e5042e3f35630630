import { sql } from 'kysely';
import { z } from 'zod';
import { defineCommand, defineSweep } from '../kernel/define.ts';
import { limits } from '../kernel/limits.ts';
import { tokensPort } from './tokens.ts';

export const pruneSpent = defineCommand({
  name: 'sessions.pruneSpent',
  access: 'system',
  summary: 'Forget one batch of spent refresh tokens and initData that would be refused by their age alone.',
  input: z.strictObject({}),
  output: z.object({ swept: z.int() }),
  errors: [],
  async run({ tx }) {
    const now = await tx.now();
    // No token lives longer than this, so none of these could come from a holder that was away.
    const before = new Date(now.getTime() - tx.port(tokensPort).refreshTtlMs).toISOString();
    const tokens = await sql`
      delete from refresh_token where hash in (
        select hash from refresh_token where used_at < ${before}::timestamptz
        limit ${limits.sweepBatch} for update skip locked)`.execute(tx.sql);
    const exchanges = await sql`
      delete from telegram_exchange where fingerprint in (
        select fingerprint from telegram_exchange where expires_at < ${now.toISOString()}::timestamptz
        limit ${limits.sweepBatch} for update skip locked)`.execute(tx.sql);
    return { swept: Math.max(Number(tokens.numAffectedRows ?? 0), Number(exchanges.numAffectedRows ?? 0)) };
  },
});

export const pruneSpentJob = defineSweep({
  name: 'sessions.pruneSpent',
  everySeconds: 600,
  summary: 'Forget spent refresh tokens and initData.',
  command: pruneSpent,
  batch: limits.sweepBatch,
});
