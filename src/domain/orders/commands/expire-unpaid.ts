import { sql } from 'kysely';
import { z } from 'zod';
import { defineCommand, type Tx } from '../../kernel/define.ts';
import { freePlaces } from '../../delivery/index.ts';
import { assert } from '../../kernel/errors.ts';
import { applyMove } from '../../kernel/machine.ts';
import { idList, plainRows } from '../../kernel/plain-rows.ts';
import { walletChanged } from '../../ledger/index.ts';
import { OrderEntity, OrderGroupEntity, OrderLineEntity, type Order, type OrderGroup } from '../entities.ts';
import { orderChanged, orderTold } from '../events.ts';
import { orderGroupMachine } from '../machine.ts';
import { stepOrder, tellOrders } from '../moving.ts';
import { releaseUnpaid } from '../unpaid.ts';
import type { OrderWithLines } from '../views.ts';

/** Groups of one transaction: large, because its statements are few and the same for any number. */
export const expiryBatch = 500;

export const expireUnpaid = defineCommand({
  access: 'system',
  name: 'orders.expireUnpaid',
  summary: 'Expire groups whose payment window is over; their stock is given back last.',
  input: z.strictObject({}),
  output: z.object({ swept: z.int() }),
  errors: [],
  emits: [orderChanged, orderTold, walletChanged],
  async run({ tx }) {
    const groups = await claimDue(tx);
    if (groups.length === 0) return { swept: 0 };
    await expireGroups(tx, groups);
    await tellOrders(tx, await expireOrdersOf(tx, groups), 'expired');
    await releaseUnpaid(tx, groups);
    return { swept: groups.length };
  },
});

/** The groups that are longest past their deadline; those that someone else is working on are left to them. */
async function claimDue(tx: Tx): Promise<OrderGroup[]> {
  const now = (await tx.now()).toISOString();
  return plainRows(
    tx.db,
    OrderGroupEntity,
    sql`where state = 'awaiting_payment' and deadline <= ${now}::timestamptz
        order by deadline limit ${expiryBatch} for update skip locked`,
  );
}

async function expireGroups(tx: Tx, groups: readonly OrderGroup[]): Promise<void> {
  const at = await tx.now();
  for (const group of groups) {
    const moved = applyMove(orderGroupMachine, group, { name: 'expire', by: 'system', at });
    assert(moved, `group ${group.id} can expire`);
  }
  await sql`
    update order_group
    set state = ${groups[0]!.state}, attempts_due = true, version = version + 1, updated_at = ${at.toISOString()}
    where id = ${idList(groups.map(({ id }) => id))}`.execute(tx.sql);
}

async function expireOrdersOf(tx: Tx, groups: readonly OrderGroup[]): Promise<OrderWithLines[]> {
  const of = sql`where group_id = ${idList(groups.map(({ id }) => id))} order by id for update`;
  const orders = await plainRows(tx.db, OrderEntity, of);
  for (const order of orders) {
    const noted = await stepOrder(tx, order, { name: 'expire', by: 'system' });
    assert(noted && order.deadline === null && order.remindAt === null, `order ${order.id} expires with its group`);
  }
  await writeExpired(tx, orders);
  const byHub = orders.filter(({ hubId }) => hubId !== null).map(({ id }) => id);
  if (byHub.length > 0) await freePlaces(tx, byHub);
  const ids = idList(orders.map(({ id }) => id));
  const lines = await plainRows(tx.db, OrderLineEntity, sql`where order_id = ${ids} order by id`);
  const byOrder = Map.groupBy(lines, ({ orderId }) => orderId);
  return orders.map((order) => ({ order, lines: byOrder.get(order.id) ?? [] }));
}

async function writeExpired(tx: Tx, orders: readonly Order[]): Promise<void> {
  const [first] = orders;
  assert(first, 'groups have orders');
  const { state, updatedAt } = first;
  await sql`
    with moved as (
      update sub_order o set state = ${state}, deadline = null, remind_at = null, reminders = 0,
        version = o.version + 1, updated_at = ${updatedAt.toISOString()}::timestamptz
      from (select id, state from sub_order where id = ${idList(orders.map(({ id }) => id))}) before
      where o.id = before.id
      returning o.id, o.version, before.state as from_state, o.state as to_state, o.updated_at
    )
    insert into order_move (order_id, version, name, from_state, to_state, by_side, at)
    select id, version, 'expire', from_state, to_state, 'system', updated_at from moved`.execute(tx.sql);
}
