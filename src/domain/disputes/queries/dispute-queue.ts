import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { cutPage, decodeCursor, page, pageInput } from '../../kernel/pagination.ts';
import { iso, Timestamp } from '../../kernel/timestamp.ts';
import { sellersFor } from '../../merchants/index.ts';
import { DisputeEntity, DisputeId } from '../entities.ts';
import { DisputeDetails, disputeDetails, withStatements } from '../views.ts';

export const disputeQueue = defineQuery({
  name: 'disputes.queue',
  access: 'moderator',
  current: true,
  summary: 'Disputes that wait for a decision, the oldest first, without those of your own orders.',
  input: z.strictObject(pageInput),
  output: page(DisputeDetails),
  errors: [],
  async run({ input: { cursor, limit }, actor: { userId }, db }) {
    const after = decodeCursor(cursor, z.tuple([Timestamp, DisputeId]));
    const at = after && new Date(after[0]);
    const disputes = await db.find(
      DisputeEntity,
      {
        state: 'under_review',
        buyerId: { $ne: userId },
        sellerId: { $nin: await sellersFor(db, userId, 'orders') },
        ...(after && at && { $or: [{ createdAt: { $gt: at } }, { createdAt: at, id: { $gt: after[1] } }] }),
      },
      { orderBy: { createdAt: 'asc', id: 'asc' }, limit: limit + 1 },
    );
    return cutPage(await withStatements(db, disputes), limit, {
      item: disputeDetails,
      key: ({ dispute }) => [iso(dispute.createdAt), dispute.id],
    });
  },
});
