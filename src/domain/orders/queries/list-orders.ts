import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { cutPage, decodeCursor, page, pageInput } from '../../kernel/pagination.ts';
import { iso, Timestamp } from '../../kernel/timestamp.ts';
import { MerchantId, sellersAsked } from '../../merchants/index.ts';
import { OrderEntity, OrderId } from '../entities.ts';
import { orderMachine } from '../machine.ts';
import { withLines } from '../rows.ts';
import { OrderView, orderView } from '../views.ts';

export const listOrders = defineQuery({
  name: 'orders.list',
  access: 'user',
  summary: 'Your orders on one side, newest first; as seller also those of the shops that you work for.',
  input: z.strictObject({
    as: z.enum(['buyer', 'seller']),
    status: z.enum(orderMachine.states).optional(),
    merchantId: MerchantId.optional().describe('As seller, only those of this shop.'),
    ...pageInput,
  }),
  output: page(OrderView),
  errors: ['merchants.not_found'],
  async run({ input, actor: { userId }, db, fail }) {
    const { as, merchantId } = input;
    const sellers = as === 'seller' && (await sellersAsked(db, { userId, merchantId }, 'orders'));
    if (sellers === null) return fail('merchants.not_found');
    const after = decodeCursor(input.cursor, z.tuple([Timestamp, OrderId]));
    const orders = await db.find(
      OrderEntity,
      {
        ...(sellers ? { sellerId: { $in: sellers } } : { buyerId: userId }),
        ...(input.status && { state: input.status }),
        ...(after && {
          $or: [{ createdAt: { $lt: new Date(after[0]) } }, { createdAt: new Date(after[0]), id: { $lt: after[1] } }],
        }),
      },
      { orderBy: { createdAt: 'desc', id: 'desc' }, limit: input.limit + 1 },
    );
    return cutPage(await withLines(db, orders), input.limit, {
      item: (found) => orderView(found, input.as),
      key: ({ order }) => [iso(order.createdAt), order.id],
    });
  },
});
