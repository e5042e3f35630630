import { z } from 'zod';
import { defineCommand, defineSweep } from '../../kernel/define.ts';
import { pruneEvictions } from '../../kernel/evictions.ts';
import { pruneIdempotency } from '../../kernel/idempotency.ts';
import { pruneInbox } from '../../kernel/inbox.ts';

/** Rows that one call of the kernel's pruning takes of each table. */
const batch = 5_000;

export const prune = defineCommand({
  name: 'sync.prune',
  access: 'system',
  summary: 'Delete inbox events, idempotency keys and evictions past their time.',
  input: z.strictObject({}),
  output: z.object({ swept: z.int() }),
  errors: [],
  async run({ tx }) {
    const now = await tx.now();
    const events = await pruneInbox(tx.sql, now);
    const keys = await pruneIdempotency(tx.sql, now);
    const evictions = await pruneEvictions(tx.sql, now);
    return { swept: Math.max(events, keys, evictions) };
  },
});

export const pruneJob = defineSweep({
  name: 'sync.prune',
  everySeconds: 3_600,
  summary: prune.summary,
  command: prune,
  batch,
});
