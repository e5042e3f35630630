import { z } from 'zod';
import { flushUnique } from '../../kernel/database-errors.ts';
import { defineCommand } from '../../kernel/define.ts';
import { applyMove } from '../../kernel/machine.ts';
import { announce } from '../announce.ts';
import { StreamId } from '../entities.ts';
import { streamChanged, streamUpdated } from '../events.ts';
import { streamMachine } from '../machine.ts';
import { isOver, lockStream } from '../policy.ts';
import { newStreamKey } from '../settings.ts';
import { IngestView, ingestView, OwnStreamView } from '../views.ts';

export const goLive = defineCommand({
  name: 'streams.goLive',
  access: 'user',
  ratePerMinute: 10,
  summary: 'Start your stream, or resume it after an interruption, and learn where to send the picture.',
  input: z.strictObject({ streamId: StreamId }),
  output: z.object({ stream: OwnStreamView, ingest: IngestView, hlsUrl: z.string() }),
  errors: ['streams.not_found', 'streams.over', 'streams.already_live'],
  emits: [streamChanged, streamUpdated],
  async run({ input, actor, tx, fail }) {
    const found = await lockStream(tx, input.streamId, actor);
    if (!found) return fail('streams.not_found');
    if (found.side !== 'host') return fail('auth.forbidden');
    const { stream } = found;
    const at = await tx.now();
    if (isOver(stream, at)) fail('streams.over');
    if (applyMove(streamMachine, stream, { name: 'issueKey', by: 'host', at })) stream.streamKey = newStreamKey();
    const name = stream.state === 'interrupted' ? 'resume' : 'start';
    if (!applyMove(streamMachine, stream, { name, by: 'host', at })) fail('streams.already_live');
    stream.startedAt ??= at;
    stream.interruptedAt = null;
    if (!(await flushUnique(tx.db, 'stream_on_air'))) fail('streams.already_live');
    const [view] = await announce(tx, [stream], 'started');
    return { stream: view!, ingest: ingestView(stream, tx.port), hlsUrl: view!.hlsUrl };
  },
});
