import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { announce } from '../announce.ts';
import { endStream } from '../end-stream.ts';
import { StreamId } from '../entities.ts';
import { streamChanged, streamUpdated } from '../events.ts';
import { lockStream } from '../policy.ts';
import { StreamView } from '../views.ts';

export const end = defineCommand({
  name: 'streams.end',
  access: 'user',
  summary: 'End a stream, or call off a scheduled one. Moderators may end what is on air.',
  input: z.strictObject({ streamId: StreamId }),
  output: StreamView,
  errors: ['streams.not_found', 'streams.over', 'streams.not_live'],
  emits: [streamChanged, streamUpdated],
  async run({ input, actor, tx, fail }) {
    const found = await lockStream(tx, input.streamId, actor);
    if (!found) return fail('streams.not_found');
    const { stream, side } = found;
    if (side === 'viewer') return fail('auth.forbidden');
    if (stream.endedAt) fail('streams.over');
    if (!endStream(stream, side, await tx.now())) fail('streams.not_live');
    const [view] = await announce(tx, [stream], 'ended');
    return view!;
  },
});
