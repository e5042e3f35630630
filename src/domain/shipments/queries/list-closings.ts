import { z } from 'zod';
import { HubId } from '../../delivery/index.ts';
import { defineQuery } from '../../kernel/define.ts';
import { cutPage, decodeCursor, page, pageInput } from '../../kernel/pagination.ts';
import { iso, Timestamp } from '../../kernel/timestamp.ts';
import { ClosingEntity, ClosingId } from '../entities.ts';
import { mayRead } from '../reading.ts';
import { ClosingView, closingView } from '../views.ts';

export const listClosings = defineQuery({
  name: 'hubs.closings',
  access: 'hub',
  current: true,
  summary: 'The closings of a hub, newest first, with what was missing or too much.',
  input: z.strictObject({ hubId: HubId, ...pageInput }),
  output: page(ClosingView),
  errors: ['hubs.not_found'],
  async run({ input: { hubId, cursor, limit }, actor, db, fail }) {
    if (!(await mayRead(db, { userId: actor.userId, hubId }))) fail('hubs.not_found');
    const after = decodeCursor(cursor, z.tuple([Timestamp, ClosingId]));
    const closings = await db.find(
      ClosingEntity,
      {
        hubId,
        ...(after && {
          $or: [{ createdAt: { $lt: new Date(after[0]) } }, { createdAt: new Date(after[0]), id: { $lt: after[1] } }],
        }),
      },
      { orderBy: { createdAt: 'desc', id: 'desc' }, limit: limit + 1 },
    );
    return cutPage(closings, limit, { item: closingView, key: ({ createdAt, id }) => [iso(createdAt), id] });
  },
});
