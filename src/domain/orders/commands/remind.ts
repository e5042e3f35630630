import { LockMode } from '@mikro-orm/core';
import { z } from 'zod';
import { defineCommand, defineSweep } from '../../kernel/define.ts';
import { limits } from '../../kernel/limits.ts';
import { countReminder, reminderOf } from '../deadlines.ts';
import { OrderEntity } from '../entities.ts';
import { orderChanged } from '../events.ts';
import { withLines } from '../rows.ts';
import { orderSettingsPort } from '../settings.ts';
import { orderView } from '../views.ts';

export const remind = defineCommand({
  name: 'orders.remind',
  access: 'system',
  summary: 'Remind sellers of orders that wait for them, and buyers of what they have to fetch or to look at.',
  input: z.strictObject({}),
  output: z.object({ swept: z.int() }),
  errors: [],
  emits: [orderChanged],
  async run({ tx }) {
    const now = await tx.now();
    const lock = { lockMode: LockMode.PESSIMISTIC_PARTIAL_WRITE, refresh: true, limit: limits.sweepBatch } as const;
    const due = await tx.db.find(OrderEntity, { remindAt: { $lte: now } }, { ...lock, orderBy: { remindAt: 'asc' } });
    for (const found of await withLines(tx.db, due)) {
      const { order } = found;
      const reminder = reminderOf(order.state);
      countReminder(order, tx.port(orderSettingsPort), now);
      // Past its end the order is about to move by itself, which is told instead.
      if (!reminder || !order.deadline || order.deadline <= now) continue;
      // Nothing about the order is different, so its version stays.
      const to = reminder.to === 'buyer' ? order.buyerId : order.sellerId;
      tx.emit(orderChanged, to, { view: orderView(found, reminder.to), change: { kind: 'reminded' } });
    }
    return { swept: due.length };
  },
});

export const remindOfOrders = defineSweep({
  name: 'orders.remind',
  everySeconds: 60,
  summary: remind.summary,
  command: remind,
  batch: limits.sweepBatch,
});
