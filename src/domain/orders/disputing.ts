import type { Tx } from '../kernel/define.ts';
import { bump } from '../kernel/machine.ts';
import { OrderEntity, type OrderGroup } from './entities.ts';
import type { OrderMove } from './machine.ts';
import { moveOrder, tellOrder } from './moving.ts';
import { lockOrder, lockOrderGroup } from './rows.ts';
import { returnSold } from './stock.ts';
import type { OrderWithLines } from './views.ts';

/** Locks an order and, before it, its group: for whoever sends money back, because that locks attempts to pay. */
export async function lockOrderInGroup(
  tx: Tx,
  orderId: string,
): Promise<{ group: OrderGroup; found: OrderWithLines } | null> {
  const seen = await tx.db.findOne(OrderEntity, { id: orderId });
  const group = seen && (await lockOrderGroup(tx, seen.groupId));
  const found = group && (await lockOrder(tx, orderId));
  return group && found ? { group, found } : null;
}

/** Counts a delivered order as received. False, changing nothing, when it is in another state. It must be locked. */
export async function receiveOrder(tx: Tx, found: OrderWithLines, by: 'buyer' | 'system'): Promise<boolean> {
  if (!(await moveOrder(tx, found.order, { name: 'confirmReceived', by }))) return false;
  await tellOrder(tx, found, 'received');
  return true;
}

/** Puts a delivered order into dispute. Null, changing nothing, when it is in another state. Locks the order. */
export async function disputeOrder(
  tx: Tx,
  { orderId, by }: { orderId: string; by: 'buyer' | 'system' },
): Promise<OrderWithLines | null> {
  const found = await lockOrder(tx, orderId);
  if (!found || !(await moveOrder(tx, found.order, { name: 'dispute', by }))) return null;
  await tellOrder(tx, found, 'disputed');
  return found;
}

/** Ends the dispute of an order: it counts as received, or is refunded. The money is moved by the caller. */
export async function resolveOrder(
  tx: Tx,
  { orderId, to }: { orderId: string; to: 'buyer' | 'seller' },
): Promise<OrderWithLines | null> {
  const found = await lockOrder(tx, orderId);
  const name = to === 'buyer' ? 'resolveToBuyer' : 'resolveToSeller';
  if (!found || !(await moveOrder(tx, found.order, { name, by: 'system' }))) return null;
  await tellOrder(tx, found, 'resolved');
  return found;
}

const goneBack: Readonly<Partial<Record<OrderWithLines['order']['state'], OrderMove>>> = {
  placed: 'cancel',
  accepted: 'cancel',
  packed: 'cancel',
  ready_for_pickup: 'cancel',
  delivered: 'refund',
  received: 'refund',
  disputed: 'resolveToBuyer',
};

/** Whether an order can end now because its money goes back. What a hub or courier has must arrive or return first. */
export function mayEndRefunded({ order }: OrderWithLines): boolean {
  return order.state in goneBack;
}

/**
 * Ends an order whose money has gone back whole; what has never left its seller is on sale again. False, changing
 * nothing, when it cannot end now. The order must be locked.
 */
export async function endRefunded(tx: Tx, found: OrderWithLines): Promise<boolean> {
  const name = goneBack[found.order.state];
  if (!name || !(await moveOrder(tx, found.order, { name, by: 'system' }))) return false;
  if (name === 'cancel') await returnSold(tx, [found]);
  await tellOrder(tx, found, name === 'cancel' ? 'cancelled' : 'resolved');
  return true;
}

/**
 * Stops the time after which a delivered order counts as received, and returns when that would have been; null when it
 * is stopped already or the order is not delivered. The order must be locked.
 */
export async function stopReceipt(tx: Tx, found: OrderWithLines): Promise<Date | null> {
  const { order } = found;
  if (order.state !== 'delivered' || !order.deadline) return null;
  const stopped = order.deadline;
  order.deadline = null;
  bump(order, await tx.now());
  await tellOrder(tx, found, 'receipt_stopped');
  return stopped;
}

/** Sets when a delivered order whose time was stopped counts as received. The order must be locked. */
export async function resumeReceipt(tx: Tx, found: OrderWithLines, deadline: Date): Promise<void> {
  const { order } = found;
  if (order.state !== 'delivered' || order.deadline) return;
  order.deadline = deadline;
  bump(order, await tx.now());
  await tellOrder(tx, found, 'receipt_resumed');
}
