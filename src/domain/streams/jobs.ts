import { defineJob, defineSweep } from '../kernel/define.ts';
import { limits } from '../kernel/limits.ts';
import { measure } from './commands/measure.ts';
import { sweep } from './commands/sweep.ts';
import type { StreamId } from './entities.ts';

export const measureStreams = defineJob({
  name: 'streams.measure',
  everySeconds: 10,
  summary: 'Keeps the peak and the unique views of streams on air.',
  async run({ execute, signal }) {
    let after: StreamId | null = null;
    do {
      const { next }: { next: StreamId | null } = await execute(measure, { after });
      after = next;
    } while (after !== null && !signal.aborted);
  },
});

export const sweepStreams = defineSweep({
  name: 'streams.sweep',
  everySeconds: 10,
  summary: 'Ends streams that were interrupted or on air for too long.',
  command: sweep,
  batch: limits.sweepBatch,
});
