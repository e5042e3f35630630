import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { orderChanged, orderTold } from '../events.ts';
import { lockOwnOrder, makeMove, orderInput } from '../own-order.ts';
import { OrderView } from '../views.ts';

export const readyForPickup = defineCommand({
  name: 'orders.readyForPickup',
  access: 'user',
  summary: 'As the seller, say that an accepted order is packed and can be picked up.',
  input: z.strictObject(orderInput),
  output: OrderView,
  errors: ['orders.not_found', 'orders.not_possible'],
  emits: [orderChanged, orderTold],
  async run({ input, actor, tx, fail }) {
    const own = await lockOwnOrder({ tx, userId: actor.userId, fail }, input.orderId);
    return makeMove({ tx, fail }, own, { name: 'readyForPickup', kind: 'ready_for_pickup' });
  },
});
