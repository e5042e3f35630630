import { LockMode } from '@mikro-orm/core';
import { assert } from '../kernel/errors.ts';
import type { Tx } from '../kernel/define.ts';
import { applyMove, bump } from '../kernel/machine.ts';
import { OrderEntity, OrderGroupEntity, type OrderGroup, type RefundState } from './entities.ts';
import type { OrderChangeKind } from './events.ts';
import { orderGroupMachine } from './machine.ts';
import { moveOrder, oweRefund, tellOrder } from './moving.ts';
import { lockOrder, lockOrderGroup, lockOrdersOf } from './rows.ts';
import { sellAgain, sellHeld } from './stock.ts';
import type { OrderWithLines } from './views.ts';

/**
 * Tells the orders that their group has been paid. The caller has locked the group.
 *
 * `placed`: the goods are sold. `too_late`: the window was over and the stock is gone, so the orders owe a refund.
 * `surplus`: the group was paid before, and this money belongs to nothing.
 */
export async function payGroup(tx: Tx, group: OrderGroup): Promise<'placed' | 'too_late' | 'surplus'> {
  const orders = await lockOrdersOf(tx, group);
  if (group.state === 'placed' || orders.some(({ order }) => order.refundState !== null)) return 'surplus';
  const inTime = group.state === 'awaiting_payment';
  const sold = (inTime && (await sellHeld(tx, group))) || (await sellAgain(tx, group, orders));
  const at = await tx.now();
  group.attemptsDue = false;
  if (sold) {
    applyMove(orderGroupMachine, group, { name: inTime ? 'pay' : 'reinstate', by: 'system', at });
    for (const found of orders) await placePaid(tx, found, inTime);
    return 'placed';
  }
  if (inTime) applyMove(orderGroupMachine, group, { name: 'expire', by: 'system', at });
  for (const found of orders) await refundLate(tx, found, inTime);
  return 'too_late';
}

async function placePaid(tx: Tx, found: OrderWithLines, inTime: boolean): Promise<void> {
  const moved = await moveOrder(tx, found.order, { name: inTime ? 'pay' : 'reinstate', by: 'system' });
  assert(moved, `order ${found.order.id} moves with its group`);
  found.order.placedAt = await tx.now();
  found.order.reason = null;
  await tellOrder(tx, found, inTime ? 'placed' : 'reinstated');
}

async function refundLate(tx: Tx, found: OrderWithLines, inTime: boolean): Promise<void> {
  if (inTime) await moveOrder(tx, found.order, { name: 'expire', by: 'system' });
  else bump(found.order, await tx.now());
  oweRefund(found.order);
  await tellOrder(tx, found, 'paid_late');
}

export interface RefundDue {
  readonly orderId: string;
  readonly group: OrderGroup;
  readonly amountMinor: number;
}

/** Takes over the refunds that orders owe; each is handed out once. Locks the groups, in the order of their ids. */
export async function claimRefundsDue(tx: Tx, limit: number): Promise<RefundDue[]> {
  const seen = await tx.db.find(OrderEntity, { refundState: 'due' }, { orderBy: { updatedAt: 'asc' }, limit });
  const claimed: RefundDue[] = [];
  for (const groupId of [...new Set(seen.map((order) => order.groupId))].toSorted()) {
    const group = await lockOrderGroup(tx, groupId);
    assert(group, `group ${groupId} of an order exists`);
    for (const found of await lockOrdersOf(tx, group)) {
      if (found.order.refundState !== 'due') continue;
      await setRefund(tx, found, 'pending');
      claimed.push({ orderId: found.order.id, group, amountMinor: found.order.totalMinor });
    }
  }
  return claimed;
}

/** Takes over groups that ended unpaid, so that their attempts are ended; each is handed out once, and stays locked. */
export async function claimEndedGroups(tx: Tx, limit: number): Promise<OrderGroup[]> {
  const lockMode = LockMode.PESSIMISTIC_PARTIAL_WRITE;
  const groups = await tx.db.find(OrderGroupEntity, { attemptsDue: true }, { lockMode, refresh: true, limit });
  for (const group of groups) group.attemptsDue = false;
  return groups;
}

/** What became of a refund that was claimed. */
export async function recordRefund(tx: Tx, orderId: string, state: 'refunded' | 'failed'): Promise<void> {
  const found = await lockOrder(tx, orderId);
  assert(found, `refunded order ${orderId} exists`);
  if (found.order.refundState !== state) await setRefund(tx, found, state);
}

const refundNews = {
  pending: 'refund_started',
  refunded: 'refunded',
  failed: 'refund_failed',
} as const satisfies Record<Exclude<RefundState, 'due'>, OrderChangeKind>;

async function setRefund(tx: Tx, found: OrderWithLines, state: keyof typeof refundNews): Promise<void> {
  found.order.refundState = state;
  bump(found.order, await tx.now());
  await tellOrder(tx, found, refundNews[state]);
}
