import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { iso, Timestamp } from '../../kernel/timestamp.ts';
import { OrderEntity } from '../entities.ts';
import { orderInput, sideFor } from '../own-order.ts';
import { withLines } from '../rows.ts';
import { OrderView, orderView } from '../views.ts';

export const getOrder = defineQuery({
  name: 'orders.get',
  access: 'user',
  summary: 'An order you buy or sell, with the time of the server beside its deadline.',
  input: z.strictObject(orderInput),
  output: OrderView.extend({ serverNow: Timestamp }),
  errors: ['orders.not_found'],
  async run({ input, actor, db, now, fail }) {
    const order = await db.findOne(OrderEntity, { id: input.orderId });
    const side = order && (await sideFor(db, order, actor.userId));
    if (!order || !side) return fail('orders.not_found');
    const [found] = await withLines(db, [order]);
    return { ...orderView(found!, side), serverNow: iso(await now()) };
  },
});
