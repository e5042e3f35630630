import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { newId } from '../../kernel/ids.ts';
import { Timestamp } from '../../kernel/timestamp.ts';
import { announce } from '../announce.ts';
import { StreamEntity } from '../entities.ts';
import { streamChanged, streamUpdated } from '../events.ts';
import { streamMachine } from '../machine.ts';
import { streamLimits } from '../settings.ts';
import { OwnStreamView } from '../views.ts';

export const schedule = defineCommand({
  name: 'streams.schedule',
  access: 'user',
  ratePerMinute: 10,
  summary: 'Announce a live stream, for now or for a later time.',
  input: z.strictObject({
    title: z.string().trim().min(1).max(streamLimits.titleChars),
    description: z.string().trim().max(streamLimits.descriptionChars).default(''),
    scheduledFor: Timestamp.optional(),
  }),
  output: OwnStreamView,
  errors: ['streams.too_many'],
  emits: [streamChanged, streamUpdated],
  async run({ input, actor, tx, fail }) {
    const open = await tx.db.count(StreamEntity, { hostId: actor.userId, endedAt: null });
    if (open >= streamLimits.openPerHostMax) fail('streams.too_many');
    const now = await tx.now();
    const stream = tx.db.create(StreamEntity, {
      id: newId(),
      hostId: actor.userId,
      title: input.title,
      description: input.description,
      scheduledFor: input.scheduledFor ? new Date(input.scheduledFor) : null,
      state: streamMachine.initial,
      streamKey: null,
      slowModeSeconds: 0,
      peakViewers: 0,
      totalViews: 0,
      startedAt: null,
      interruptedAt: null,
      endedAt: null,
      version: 1,
      createdAt: now,
      updatedAt: now,
    });
    const [view] = await announce(tx, [stream], 'scheduled');
    return view!;
  },
});
