import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { orderChanged, orderTold } from '../events.ts';
import { completeOrders } from '../jobs.ts';
import { lockOwnOrder, makeMove, orderInput } from '../own-order.ts';
import { OrderView } from '../views.ts';

export const confirmReceived = defineCommand({
  name: 'orders.confirmReceived',
  access: 'user',
  summary: 'As the buyer, say that you have the goods; without a word an order counts as received after some days.',
  input: z.strictObject(orderInput),
  output: OrderView,
  errors: ['orders.not_found', 'orders.not_possible'],
  emits: [orderChanged, orderTold],
  async run({ input, actor, tx, fail }) {
    const own = await lockOwnOrder({ tx, userId: actor.userId, fail }, input.orderId);
    const view = await makeMove({ tx, fail }, own, { name: 'confirmReceived', kind: 'received' });
    tx.nudge(completeOrders);
    return view;
  },
});
