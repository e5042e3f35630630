import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { target } from '../../kernel/machine.ts';
import type { Order } from '../entities.ts';
import { orderChanged, orderTold } from '../events.ts';
import { orderMachine } from '../machine.ts';
import { lockOwnOrder, makeMove, orderInput } from '../own-order.ts';
import { orderLimits } from '../settings.ts';
import { OrderView } from '../views.ts';

export const handOver = defineCommand({
  name: 'orders.handOver',
  access: 'user',
  ratePerMinute: 30,
  summary: 'As the seller, hand the goods over to whoever tells the pickup code, which only the buyer can see.',
  input: z.strictObject({ ...orderInput, pickupCode: z.string().regex(/^\d{6}$/) }),
  output: OrderView,
  errors: ['orders.not_found', 'orders.not_possible', 'orders.code_locked', 'orders.wrong_code'],
  emits: [orderChanged, orderTold],
  async run({ input, actor, tx, fail, failKeeping }) {
    const own = await lockOwnOrder({ tx, userId: actor.userId, fail }, input.orderId);
    const { order } = own.found;
    if (target(orderMachine, 'handOver', { state: order.state, by: own.side }) === null) fail('orders.not_possible');
    const now = await tx.now();
    if (order.pickupLockedUntil && order.pickupLockedUntil > now) {
      fail('orders.code_locked', { retryAfterMs: order.pickupLockedUntil.getTime() - now.getTime() });
    }
    if (!sameCode(input.pickupCode, order.pickupCode)) {
      countWrongCode(order, now);
      failKeeping('orders.wrong_code');
    }
    return makeMove({ tx, fail }, own, { name: 'handOver', kind: 'delivered' });
  },
});

/** Neither side's view changes by a wrong code, so the version stays. */
function countWrongCode(order: Order, now: Date): void {
  order.pickupTries += 1;
  if (order.pickupTries < orderLimits.pickupTriesMax) return;
  order.pickupTries = 0;
  order.pickupLockedUntil = new Date(now.getTime() + orderLimits.pickupLockMs);
}

function sameCode(given: string, stored: string): boolean {
  const digest = (code: string) => createHash('sha256').update(code).digest();
  return timingSafeEqual(digest(given), digest(stored));
}
