import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { pullInbox } from '../../kernel/inbox.ts';
import { limits } from '../../kernel/limits.ts';
import { Epoch, NumberedEvent, Seq } from '../views.ts';

export const pull = defineQuery({
  name: 'sync.pull',
  access: 'user',
  current: true,
  ratePerMinute: 600,
  summary: 'The events of your inbox after a number, oldest first.',
  input: z.strictObject({
    epoch: Epoch,
    after: Seq,
    limit: z.int().min(1).max(limits.pullEventsMax).default(limits.pullEventsMax),
  }),
  output: z.object({
    epoch: z.string(),
    events: z.array(NumberedEvent),
    head: Seq,
    more: z.boolean(),
    snapshotRequired: z.boolean(),
  }),
  errors: [],
  run: ({ input, actor, sql }) => pullInbox(sql, actor.userId, input),
});
