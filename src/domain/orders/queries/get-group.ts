import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { OrderEntity, OrderGroupEntity, OrderGroupId } from '../entities.ts';
import { withLines } from '../rows.ts';
import { OrderGroupView, orderGroupView } from '../views.ts';

export const getGroup = defineQuery({
  name: 'orders.getGroup',
  access: 'user',
  consistent: true,
  summary: 'A purchase of yours with its orders: what it consists of in money, who pays it, and what is left to pay.',
  input: z.strictObject({ orderGroupId: OrderGroupId }),
  output: OrderGroupView,
  errors: ['orders.not_found'],
  async run({ input, actor, db, now, fail }) {
    const group = await db.findOne(OrderGroupEntity, { id: input.orderGroupId, buyerId: actor.userId });
    if (!group) return fail('orders.not_found');
    const orders = await db.find(OrderEntity, { groupId: group.id }, { orderBy: { id: 'asc' } });
    return orderGroupView(group, { orders: await withLines(db, orders), now: await now() });
  },
});
