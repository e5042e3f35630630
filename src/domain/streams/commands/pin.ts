import { z } from 'zod';
import { ListingId, listingCards } from '../../catalog/index.ts';
import { defineCommand } from '../../kernel/define.ts';
import { bump } from '../../kernel/machine.ts';
import { announce } from '../announce.ts';
import { StreamId, StreamPinEntity } from '../entities.ts';
import { streamChanged, streamUpdated } from '../events.ts';
import { isOver, lockStream } from '../policy.ts';
import { streamLimits } from '../settings.ts';
import { StreamView } from '../views.ts';

export const pin = defineCommand({
  name: 'streams.pin',
  access: 'user',
  summary: 'Show one of your listings in your stream, or move it when it is shown already.',
  input: z.strictObject({
    streamId: StreamId,
    listingId: ListingId,
    x: z.number().min(0).max(1).optional(),
    y: z.number().min(0).max(1).optional(),
  }),
  output: StreamView,
  errors: ['streams.not_found', 'streams.over', 'streams.listing_not_found', 'streams.pins_full'],
  emits: [streamChanged, streamUpdated],
  async run({ input: { streamId, listingId, x, y }, actor, tx, fail }) {
    const found = await lockStream(tx, streamId, actor);
    if (!found) return fail('streams.not_found');
    if (found.side !== 'host') return fail('auth.forbidden');
    const { stream } = found;
    const now = await tx.now();
    if (isOver(stream, now)) fail('streams.over');
    const card = (await listingCards(tx, [listingId])).get(listingId);
    const showable = card?.sellerId === actor.userId && (card.state === 'active' || card.state === 'sold_out');
    if (!showable) fail('streams.listing_not_found');
    const pins = await tx.db.find(StreamPinEntity, { streamId });
    const place = { x: x ?? null, y: y ?? null };
    const known = pins.find((other) => other.listingId === listingId);
    if (known) Object.assign(known, place);
    else if (pins.length >= streamLimits.pinsMax) fail('streams.pins_full');
    else tx.db.create(StreamPinEntity, { streamId, listingId, ...place, pinnedAt: now });
    bump(stream, now);
    const [view] = await announce(tx, [stream], 'pins');
    return view!;
  },
});
