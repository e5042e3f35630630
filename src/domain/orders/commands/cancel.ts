import { z } from 'zod';
import type { Tx } from '../../kernel/define.ts';
import { defineCommand } from '../../kernel/define.ts';
import { applyMove } from '../../kernel/machine.ts';
import { walletChanged } from '../../ledger/index.ts';
import { OrderEntity, type OrderGroup } from '../entities.ts';
import { orderChanged, orderTold } from '../events.ts';
import { orderGroupMachine } from '../machine.ts';
import { moveOrder, oweRefund, tellOrder } from '../moving.ts';
import { lockOwnOrder, makeMove, orderInput, reasonInput } from '../own-order.ts';
import { lockOrderGroup, lockOrdersOf } from '../rows.ts';
import { returnSold } from '../stock.ts';
import { releaseUnpaid } from '../unpaid.ts';
import { OrderView, orderView } from '../views.ts';

export const cancelOrder = defineCommand({
  name: 'orders.cancel',
  access: 'user',
  summary: 'As the buyer, cancel before the seller has accepted. An unpaid order is cancelled with its whole group.',
  input: z.strictObject({ ...orderInput, ...reasonInput }),
  output: OrderView,
  errors: ['orders.not_found', 'orders.not_possible'],
  emits: [orderChanged, orderTold, walletChanged],
  async run({ input, actor, tx, fail }) {
    // Read for its group only, which is locked before the order.
    const seen = await tx.db.findOne(OrderEntity, { id: input.orderId });
    const group = seen && (await lockOrderGroup(tx, seen.groupId));
    if (!group) return fail('orders.not_found');
    const own = await lockOwnOrder({ tx, userId: actor.userId, fail }, input.orderId);
    if (own.side !== 'buyer') fail('orders.not_possible');
    const reason = input.reason ?? null;
    if (group.state === 'awaiting_payment') {
      await cancelUnpaid(tx, group, reason);
      return orderView(own.found, 'buyer');
    }
    oweRefund(own.found.order);
    own.found.order.reason = reason;
    const view = await makeMove({ tx, fail }, own, { name: 'cancel', kind: 'cancelled' });
    await returnSold(tx, [own.found]);
    return view;
  },
});

async function cancelUnpaid(tx: Tx, group: OrderGroup, reason: string | null): Promise<void> {
  applyMove(orderGroupMachine, group, { name: 'cancel', by: 'buyer', at: await tx.now() });
  group.attemptsDue = true;
  for (const found of await lockOrdersOf(tx, group)) {
    await moveOrder(tx, found.order, { name: 'cancel', by: 'buyer' });
    found.order.reason = reason;
    await tellOrder(tx, found, 'cancelled');
  }
  await releaseUnpaid(tx, [group]);
}
