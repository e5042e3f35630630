import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { bump } from '../../kernel/machine.ts';
import { announce } from '../announce.ts';
import { StreamId } from '../entities.ts';
import { streamChanged, streamUpdated } from '../events.ts';
import { isOver, lockStream } from '../policy.ts';
import { streamLimits } from '../settings.ts';
import { StreamView } from '../views.ts';

export const setSlowMode = defineCommand({
  name: 'streams.setSlowMode',
  access: 'user',
  summary: 'Set the seconds a viewer waits between two chat messages; 0 turns it off.',
  input: z.strictObject({ streamId: StreamId, seconds: z.int().min(0).max(streamLimits.slowModeSecondsMax) }),
  output: StreamView,
  errors: ['streams.not_found', 'streams.over'],
  emits: [streamChanged, streamUpdated],
  async run({ input, actor, tx, fail }) {
    const found = await lockStream(tx, input.streamId, actor);
    if (!found) return fail('streams.not_found');
    if (found.side === 'viewer') return fail('auth.forbidden');
    const now = await tx.now();
    if (isOver(found.stream, now)) fail('streams.over');
    found.stream.slowModeSeconds = input.seconds;
    bump(found.stream, now);
    const [view] = await announce(tx, [found.stream], 'slow_mode');
    return view!;
  },
});
