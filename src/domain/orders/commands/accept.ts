import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { orderChanged, orderTold } from '../events.ts';
import { lockOwnOrder, makeMove, orderInput } from '../own-order.ts';
import { OrderView } from '../views.ts';

export const acceptOrder = defineCommand({
  name: 'orders.accept',
  access: 'user',
  summary: 'As the seller, take on a paid order before its deadline.',
  input: z.strictObject(orderInput),
  output: OrderView,
  errors: ['orders.not_found', 'orders.not_possible', 'orders.expired'],
  emits: [orderChanged, orderTold],
  async run({ input, actor, tx, fail }) {
    const own = await lockOwnOrder({ tx, userId: actor.userId, fail }, input.orderId);
    const { state, deadline } = own.found.order;
    if (own.side === 'seller' && state === 'placed' && deadline && deadline <= (await tx.now())) fail('orders.expired');
    return makeMove({ tx, fail }, own, { name: 'accept', kind: 'accepted' });
  },
});
