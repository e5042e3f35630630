import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { orderChanged, orderTold } from '../events.ts';
import { lockOwnOrder, makeMove, orderInput } from '../own-order.ts';
import { OrderView } from '../views.ts';

export const packOrder = defineCommand({
  name: 'orders.pack',
  access: 'user',
  summary: 'As the seller, say that an accepted order is packed and can go to its hub or courier.',
  input: z.strictObject(orderInput),
  output: OrderView,
  errors: ['orders.not_found', 'orders.not_possible'],
  emits: [orderChanged, orderTold],
  async run({ input, actor, tx, fail }) {
    const own = await lockOwnOrder({ tx, userId: actor.userId, fail }, input.orderId);
    return makeMove({ tx, fail }, own, { name: 'pack', kind: 'packed' });
  },
});
