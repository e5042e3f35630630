import { LockMode } from '@mikro-orm/core';
import { sql } from 'kysely';
import type { Db, Tx } from '../kernel/define.ts';
import { lockRow, noteLocked } from '../kernel/row-locks.ts';
import { OrderEntity, OrderGroupEntity, OrderLineEntity, type Order, type OrderGroup } from './entities.ts';
import type { OrderWithLines } from './views.ts';

// Locks are taken group → orders → listings.

export async function lockOrderGroup(tx: Tx, id: string): Promise<OrderGroup | null> {
  return lockRow(tx, OrderGroupEntity, id);
}

export async function lockOrder(tx: Tx, id: string): Promise<OrderWithLines | null> {
  const order = await lockRow(tx, OrderEntity, id);
  return order && (await withLines(tx.db, [order]))[0]!;
}

const lockedOrders = new WeakMap<OrderGroup, OrderWithLines[]>();

/** The orders of a group, locked in the order of their ids, once in a transaction. The group must be locked. */
export async function lockOrdersOf(tx: Tx, group: OrderGroup): Promise<OrderWithLines[]> {
  const known = lockedOrders.get(group);
  if (known) return known;
  await tx.db.flush();
  const lock = { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true, orderBy: { id: 'asc' } } as const;
  const orders = await tx.db.find(OrderEntity, { groupId: group.id }, lock);
  noteLocked(tx, OrderEntity, orders);
  const found = await withLines(tx.db, orders);
  lockedOrders.set(group, found);
  return found;
}

/** The orders that a group consists of: they never change, so no lock is needed. */
export async function orderIdsOf(tx: Pick<Tx, 'sql'>, groupId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from sub_order where group_id = ${groupId} order by id`.execute(tx.sql);
  return rows.map(({ id }) => id);
}

/** Lines of any number of orders in one query. */
export async function withLines(db: Db, orders: readonly Order[]): Promise<OrderWithLines[]> {
  const ids = orders.map(({ id }) => id);
  const lines = await db.find(OrderLineEntity, { orderId: { $in: ids } }, { orderBy: { id: 'asc' } });
  const byOrder = Map.groupBy(lines, ({ orderId }) => orderId);
  return orders.map((order) => ({ order, lines: byOrder.get(order.id) ?? [] }));
}
