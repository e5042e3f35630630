import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { orNull } from '../../kernel/or-null.ts';
import { iso, Timestamp } from '../../kernel/timestamp.ts';
import { OrderEntity, OrderMoveEntity, orderSides } from '../entities.ts';
import { orderMachine } from '../machine.ts';
import { orderInput, sideFor } from '../own-order.ts';

const State = z.enum(orderMachine.states);

export const timeline = defineQuery({
  name: 'orders.timeline',
  access: 'user',
  summary: 'Every move of an order you buy or sell, the first one first. Staff appear as the hub, without names.',
  input: z.strictObject(orderInput),
  output: z.object({
    items: z.array(
      z.object({ move: z.string(), from: orNull(State), to: State, by: z.enum(orderSides), at: Timestamp }),
    ),
  }),
  errors: ['orders.not_found'],
  async run({ input, actor, db, fail }) {
    const order = await db.findOne(OrderEntity, { id: input.orderId });
    if (!order || !(await sideFor(db, order, actor.userId))) return fail('orders.not_found');
    const moves = await db.find(OrderMoveEntity, { orderId: order.id }, { orderBy: { version: 'asc' } });
    return {
      items: moves.map(({ name, fromState, toState, bySide, at }) => ({
        move: name,
        from: fromState,
        to: toState,
        by: bySide,
        at: iso(at),
      })),
    };
  },
});
