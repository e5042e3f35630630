import { z } from 'zod';
import { ListingId } from '../../catalog/index.ts';
import { defineCommand } from '../../kernel/define.ts';
import { bump } from '../../kernel/machine.ts';
import { announce } from '../announce.ts';
import { StreamId, StreamPinEntity } from '../entities.ts';
import { streamChanged, streamUpdated } from '../events.ts';
import { isOver, lockStream } from '../policy.ts';
import { StreamView } from '../views.ts';

export const unpin = defineCommand({
  name: 'streams.unpin',
  access: 'user',
  summary: 'Stop showing a listing in your stream.',
  input: z.strictObject({ streamId: StreamId, listingId: ListingId }),
  output: StreamView,
  errors: ['streams.not_found', 'streams.over', 'streams.listing_not_found'],
  emits: [streamChanged, streamUpdated],
  async run({ input: { streamId, listingId }, actor, tx, fail }) {
    const found = await lockStream(tx, streamId, actor);
    if (!found) return fail('streams.not_found');
    if (found.side !== 'host') return fail('auth.forbidden');
    const now = await tx.now();
    if (isOver(found.stream, now)) fail('streams.over');
    const removed = await tx.db.nativeDelete(StreamPinEntity, { streamId, listingId });
    if (removed === 0) fail('streams.listing_not_found');
    bump(found.stream, now);
    const [view] = await announce(tx, [found.stream], 'pins');
    return view!;
  },
});
