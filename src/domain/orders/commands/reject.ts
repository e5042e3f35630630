import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { orderChanged, orderTold } from '../events.ts';
import { oweRefund } from '../moving.ts';
import { lockOwnOrder, makeMove, orderInput, reasonInput } from '../own-order.ts';
import { returnSold } from '../stock.ts';
import { OrderView } from '../views.ts';

export const rejectOrder = defineCommand({
  name: 'orders.reject',
  access: 'user',
  summary: 'As the seller, turn a paid order down: the buyer gets the money back, the listing its stock.',
  input: z.strictObject({ ...orderInput, ...reasonInput }),
  output: OrderView,
  errors: ['orders.not_found', 'orders.not_possible'],
  emits: [orderChanged, orderTold],
  async run({ input, actor, tx, fail }) {
    const own = await lockOwnOrder({ tx, userId: actor.userId, fail }, input.orderId);
    oweRefund(own.found.order);
    own.found.order.reason = input.reason ?? null;
    const view = await makeMove({ tx, fail }, own, { name: 'reject', kind: 'rejected' });
    await returnSold(tx, [own.found]);
    return view;
  },
});
