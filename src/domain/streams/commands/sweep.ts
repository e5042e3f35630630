import { LockMode } from '@mikro-orm/core';
import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { limits } from '../../kernel/limits.ts';
import { announce } from '../announce.ts';
import { endStream } from '../end-stream.ts';
import { StreamEntity } from '../entities.ts';
import { streamChanged, streamUpdated } from '../events.ts';
import { streamLimits } from '../settings.ts';

export const sweep = defineCommand({
  name: 'streams.sweep',
  access: 'system',
  summary: 'End streams that were interrupted or on air for too long.',
  input: z.strictObject({}),
  output: z.object({ swept: z.int() }),
  errors: [],
  emits: [streamChanged, streamUpdated],
  async run({ tx }) {
    const now = await tx.now();
    const before = (boundMs: number) => ({ $lte: new Date(now.getTime() - boundMs) });
    const due = await tx.db.find(
      StreamEntity,
      {
        $or: [
          { state: 'interrupted', interruptedAt: before(streamLimits.interruptedMs) },
          { state: 'live', startedAt: before(streamLimits.liveMs) },
        ],
      },
      { lockMode: LockMode.PESSIMISTIC_PARTIAL_WRITE, limit: limits.sweepBatch },
    );
    for (const stream of due) endStream(stream, 'system', now);
    await announce(tx, due, 'ended');
    return { swept: due.length };
  },
});
