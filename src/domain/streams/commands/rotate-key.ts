import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { applyMove, bump } from '../../kernel/machine.ts';
import { announce } from '../announce.ts';
import { StreamId } from '../entities.ts';
import { streamChanged, streamUpdated } from '../events.ts';
import { streamMachine } from '../machine.ts';
import { isOver, lockStream } from '../policy.ts';
import { newStreamKey } from '../settings.ts';
import { IngestView, ingestView } from '../views.ts';

export const rotateKey = defineCommand({
  name: 'streams.rotateKey',
  access: 'user',
  ratePerMinute: 10,
  summary: 'Issue the key of your stream, or replace it: the old one stops working.',
  input: z.strictObject({ streamId: StreamId }),
  output: z.object({ ingest: IngestView }),
  errors: ['streams.not_found', 'streams.over'],
  emits: [streamChanged, streamUpdated],
  async run({ input, actor, tx, fail }) {
    const found = await lockStream(tx, input.streamId, actor);
    if (!found) return fail('streams.not_found');
    if (found.side !== 'host') return fail('auth.forbidden');
    const { stream } = found;
    const at = await tx.now();
    if (isOver(stream, at)) fail('streams.over');
    if (!applyMove(streamMachine, stream, { name: 'issueKey', by: 'host', at })) bump(stream, at);
    stream.streamKey = newStreamKey();
    await announce(tx, [stream], 'key_issued');
    return { ingest: ingestView(stream, tx.port) };
  },
});
