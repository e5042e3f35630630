import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { UserId } from '../../kernel/ids.ts';
import { cutPage, decodeCursor, page, pageInput } from '../../kernel/pagination.ts';
import { streamCards } from '../cards.ts';
import { StreamEntity, StreamId } from '../entities.ts';
import { StreamCard } from '../views.ts';

const lists = {
  live: { states: ['live', 'interrupted'], by: 'startedAt' },
  scheduled: { states: ['scheduled', 'ready'], by: 'createdAt' },
  ended: { states: ['ended', 'recorded'], by: 'endedAt' },
} as const;

export const listStreams = defineQuery({
  name: 'streams.list',
  access: 'guest',
  summary: 'Streams on air, announced or over, newest first.',
  input: z.strictObject({
    which: z.enum(['live', 'scheduled', 'ended']).default('live'),
    hostId: UserId.optional(),
    ...pageInput,
  }),
  output: page(StreamCard),
  errors: [],
  async run({ input, actor, db, port }) {
    const { states, by } = lists[input.which];
    const last = decodeCursor(input.cursor, z.tuple([z.int(), StreamId]));
    const at = last && new Date(last[0]);
    const streams = await db.find(
      StreamEntity,
      {
        state: { $in: [...states] },
        ...(input.hostId ? { hostId: input.hostId } : {}),
        ...(last ? { $or: [{ [by]: { $lt: at } }, { [by]: at, id: { $lt: last[1] } }] } : {}),
      },
      { orderBy: { [by]: 'desc', id: 'desc' }, limit: input.limit + 1 },
    );
    const cut = cutPage(streams, input.limit, {
      item: (stream) => stream,
      key: (stream) => [stream[by]!.getTime(), stream.id],
    });
    return { items: await streamCards({ db, actor, port }, cut.items), nextCursor: cut.nextCursor };
  },
});
