import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { streamCards } from '../cards.ts';
import { StreamEntity, StreamId } from '../entities.ts';
import { StreamCard } from '../views.ts';

export const getStream = defineQuery({
  name: 'streams.get',
  access: 'guest',
  summary: 'A stream with its host and its audience.',
  input: z.strictObject({ streamId: StreamId }),
  output: StreamCard,
  errors: ['streams.not_found'],
  async run({ input, actor, db, port, fail }) {
    const stream = await db.findOne(StreamEntity, { id: input.streamId });
    if (!stream) return fail('streams.not_found');
    const [card] = await streamCards({ db, actor, port }, [stream]);
    return card!;
  },
});
