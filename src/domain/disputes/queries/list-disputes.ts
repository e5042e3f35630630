import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { cutPage, decodeCursor, page, pageInput } from '../../kernel/pagination.ts';
import { sellersFor } from '../../merchants/index.ts';
import { OrderId } from '../../orders/index.ts';
import { DisputeEntity, DisputeId } from '../entities.ts';
import { disputeMachine } from '../machine.ts';
import { DisputeView, disputeView, withStatements } from '../views.ts';

export const listDisputes = defineQuery({
  name: 'disputes.list',
  access: 'user',
  summary: 'Your disputes on one side, the latest first; as seller also those of the shops that you work for.',
  input: z.strictObject({
    as: z.enum(['buyer', 'seller']),
    orderId: OrderId.optional(),
    state: z.enum(disputeMachine.states).optional(),
    ...pageInput,
  }),
  output: page(DisputeView),
  errors: [],
  async run({ input: { as, orderId, state, cursor, limit }, actor: { userId }, db }) {
    const after = decodeCursor(cursor, z.tuple([DisputeId]))?.[0];
    const disputes = await db.find(
      DisputeEntity,
      {
        ...(as === 'buyer' ? { buyerId: userId } : { sellerId: { $in: await sellersFor(db, userId, 'orders') } }),
        ...(orderId && { orderId }),
        ...(state && { state }),
        ...(after && { id: { $lt: after } }),
      },
      { orderBy: { id: 'desc' }, limit: limit + 1 },
    );
    return cutPage(await withStatements(db, disputes), limit, {
      item: (file) => disputeView(file, as),
      key: ({ dispute }) => [dispute.id],
    });
  },
});
