import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { cutPage, decodeCursor, page, pageInput } from '../../kernel/pagination.ts';
import { sellersFor } from '../../merchants/index.ts';
import { OrderId } from '../../orders/index.ts';
import { RefundRequestEntity, RefundRequestId } from '../entities.ts';
import { refundRequestMachine } from '../machine.ts';
import { RefundRequestView, refundRequestView } from '../views.ts';

export const listRefunds = defineQuery({
  name: 'refunds.list',
  access: 'user',
  summary: 'Refund requests on one side of yours, or as an admin all, the latest first.',
  input: z.strictObject({
    as: z.enum(['buyer', 'seller', 'staff']),
    orderId: OrderId.optional(),
    state: z.enum(refundRequestMachine.states).optional(),
    ...pageInput,
  }),
  output: page(RefundRequestView),
  errors: [],
  async run({ input: { as, orderId, state, cursor, limit }, actor, db, fail }) {
    if (as === 'staff' && !actor.roles.includes('admin')) fail('auth.forbidden');
    const after = decodeCursor(cursor, z.tuple([RefundRequestId]))?.[0];
    const requests = await db.find(
      RefundRequestEntity,
      {
        ...(as === 'buyer' && { buyerId: actor.userId }),
        ...(as === 'seller' && { sellerId: { $in: await sellersFor(db, actor.userId, 'orders') } }),
        ...(orderId && { orderId }),
        ...(state && { state }),
        ...(after && { id: { $lt: after } }),
      },
      { orderBy: { id: 'desc' }, limit: limit + 1 },
    );
    return cutPage(requests, limit, {
      item: (request) => refundRequestView(request, as),
      key: ({ id }) => [id],
    });
  },
});
