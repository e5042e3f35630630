import { LockMode } from '@mikro-orm/core';
import { sql } from 'kysely';
import { z } from 'zod';
import { releaseEscrow } from '../../escrow/index.ts';
import { defineCommand, type Tx } from '../../kernel/define.ts';
import { assert } from '../../kernel/errors.ts';
import { limits } from '../../kernel/limits.ts';
import { OrderEntity, type OrderId } from '../entities.ts';
import { orderChanged, orderTold, type OrderChangeKind } from '../events.ts';
import type { OrderMove, OrderState } from '../machine.ts';
import { moveOrder, oweRefund, tellOrder } from '../moving.ts';
import { withLines } from '../rows.ts';
import { returnSold } from '../stock.ts';
import type { OrderWithLines } from '../views.ts';

/** Small, because a batch holds the locks of all its listings. */
export const orderSweepBatch = limits.sweepBatch / 4;

const swept = {
  access: 'system',
  input: z.strictObject({}),
  output: z.object({ swept: z.int() }),
  errors: [],
} as const;
const skipLocked = { lockMode: LockMode.PESSIMISTIC_PARTIAL_WRITE, refresh: true, limit: orderSweepBatch } as const;

export const cancelUnanswered = defineCommand({
  ...swept,
  name: 'orders.cancelUnanswered',
  summary: 'Cancel and refund paid orders that their seller has not answered in time.',
  emits: [orderChanged, orderTold],
  async run({ tx }) {
    const orders = await claimDue(tx, ['placed']);
    for (const found of orders) {
      oweRefund(found.order);
      await sweepMove(tx, found, { name: 'cancel', kind: 'cancelled' });
    }
    await returnSold(tx, orders);
    return { swept: orders.length };
  },
});

export const cancelUnhandled = defineCommand({
  ...swept,
  name: 'orders.cancelUnhandled',
  summary: 'Cancel and refund accepted orders that were not handed on, or not fetched, in time.',
  emits: [orderChanged, orderTold],
  async run({ tx }) {
    const orders = await claimDue(tx, ['accepted', 'packed', 'ready_for_pickup']);
    for (const found of orders) {
      oweRefund(found.order);
      await sweepMove(tx, found, { name: 'cancel', kind: 'cancelled' });
    }
    await returnSold(tx, orders);
    return { swept: orders.length };
  },
});

export const autoReceive = defineCommand({
  ...swept,
  name: 'orders.autoReceive',
  summary: "Count delivered orders as received when the buyer's time to object is over.",
  emits: [orderChanged, orderTold],
  async run({ tx }) {
    const orders = await claimDue(tx, ['delivered']);
    for (const found of orders) await sweepMove(tx, found, { name: 'confirmReceived', kind: 'received' });
    return { swept: orders.length };
  },
});

export const complete = defineCommand({
  ...swept,
  name: 'orders.complete',
  summary: "Complete orders that have been received, and release their money to the sellers' side.",
  emits: [orderChanged, orderTold],
  async run({ tx }) {
    // One that was paid before there was a ledger waits until that is booked: nobody completes without money.
    const { rows } = await sql<{ id: OrderId }>`
      select o.id from sub_order o join escrow e on e.order_id = o.id
      where o.state = 'received' and (e.cash_state is null or e.cash_state = 'remitted')
        and e.state is distinct from 'frozen' and e.open_chargebacks = 0
      order by o.updated_at limit ${orderSweepBatch} for update of o skip locked`.execute(tx.sql);
    const received = await tx.db.find(OrderEntity, { id: { $in: rows.map(({ id }) => id) } }, { refresh: true });
    const orders = await withLines(tx.db, received);
    for (const found of orders) {
      const released = await releaseEscrow(tx, found.order.id);
      // A chargeback froze it since it was seen: the order was not locked yet, and its escrow is no part of that lock.
      if (released === 'frozen' || released === 'waiting') continue;
      await sweepMove(tx, found, { name: 'complete', kind: 'completed' });
    }
    return { swept: orders.length };
  },
});

/** Orders whose present state is past its deadline; rows that someone else is working on are left to them. */
async function claimDue(tx: Tx, states: OrderState[]): Promise<OrderWithLines[]> {
  const due = { state: { $in: states }, deadline: { $lte: await tx.now() } };
  return withLines(tx.db, await tx.db.find(OrderEntity, due, { ...skipLocked, orderBy: { deadline: 'asc' } }));
}

async function sweepMove(
  tx: Tx,
  found: OrderWithLines,
  { name, kind }: { name: OrderMove; kind: OrderChangeKind },
): Promise<void> {
  const moved = await moveOrder(tx, found.order, { name, by: 'system' });
  assert(moved, `a claimed order can ${name}`);
  await tellOrder(tx, found, kind);
}
