import { sql } from 'kysely';
import { keepPlaces } from '../delivery/index.ts';
import { assert } from '../kernel/errors.ts';
import type { Tx } from '../kernel/define.ts';
import { fundEscrow, lockEscrow, refundableOf } from '../escrow/index.ts';
import { applyMove, bump } from '../kernel/machine.ts';
import { allocate } from '../kernel/money.ts';
import { restorePromo, returnPromos } from '../promos/index.ts';
import type { OrderGroup, RefundState } from './entities.ts';
import type { OrderChangeKind } from './events.ts';
import { orderGroupMachine } from './machine.ts';
import { moveOrder, oweRefund, tellOrder } from './moving.ts';
import { lockOrder, lockOrderGroup, lockOrdersOf } from './rows.ts';
import { sellAgain, sellHeld } from './stock.ts';
import type { OrderWithLines } from './views.ts';
import { releaseWalletPart, spendWalletPart, takeWalletPart } from './wallet-part.ts';

/** What covers a group besides the buyer's wallet: an attempt's capture, or cash to be collected on delivery. */
export type Cover = { readonly attemptId: string } | 'cash';

/**
 * Tells the orders that their group is covered, and moves the money into their escrows. The caller has locked the
 * group, and an attempt has captured exactly what the wallet does not pay.
 *
 * `placed`: the goods are sold. `too_late`: the window was over and the stock or the wallet's part is gone, so the
 * orders owe a refund. `surplus`: the group was paid before, and this money belongs to nothing.
 */
export async function payGroup(
  tx: Tx,
  group: OrderGroup,
  cover: Cover | null,
): Promise<'placed' | 'too_late' | 'surplus'> {
  const orders = await lockOrdersOf(tx, group);
  if (group.state === 'placed' || orders.some(({ order }) => order.refundState !== null)) return 'surplus';
  const inTime = group.state === 'awaiting_payment';
  const sold =
    (await takeWalletPart(tx, group)) &&
    ((inTime && (await sellHeld(tx, group))) || (await sellAgain(tx, group, orders)));
  const at = await tx.now();
  group.attemptsDue = false;
  if (sold) {
    if (!inTime) await restorePromo(tx, group.id);
    applyMove(orderGroupMachine, group, { name: inTime ? 'pay' : 'reinstate', by: 'system', at });
    await fundOrders(tx, { group, orders, cover });
    for (const found of orders) await placePaid(tx, found, inTime);
    return 'placed';
  }
  if (inTime) await returnPromos(tx, [group.id]);
  await releaseWalletPart(tx, group);
  if (inTime) applyMove(orderGroupMachine, group, { name: 'expire', by: 'system', at });
  for (const found of orders) await refundLate(tx, found, inTime);
  return 'too_late';
}

async function fundOrders(
  tx: Tx,
  { group, orders, cover }: { group: OrderGroup; orders: readonly OrderWithLines[]; cover: Cover | null },
): Promise<void> {
  const totals = orders.map(({ order }) => order.totalMinor);
  const walletParts = allocate(group.walletMinor, totals);
  await spendWalletPart(tx, group);
  for (const [index, { order }] of orders.entries()) {
    const walletMinor = walletParts[index] ?? 0;
    const restMinor = order.totalMinor - walletMinor;
    assert(restMinor === 0 || cover !== null, `order ${order.id} is covered`);
    const { id: orderId, buyerId, sellerId, currency, deliveryMinor, discountMinor } = order;
    await fundEscrow(
      tx,
      { orderId, buyerId, sellerId, currency, deliveryMinor },
      {
        payment: cover && cover !== 'cash' ? { attemptId: cover.attemptId, amountMinor: restMinor } : null,
        walletMinor,
        promoMinor: discountMinor,
        cashMinor: cover === 'cash' ? restMinor : 0,
      },
    );
  }
}

async function placePaid(tx: Tx, found: OrderWithLines, inTime: boolean): Promise<void> {
  const moved = await moveOrder(tx, found.order, { name: inTime ? 'pay' : 'reinstate', by: 'system' });
  assert(moved, `order ${found.order.id} moves with its group`);
  const { id, hubId } = found.order;
  if (!inTime && hubId) await keepPlaces(tx, hubId, [id]);
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
  /** What the buyer has paid for it and can get back; 0 when its cash was never collected. */
  readonly amountMinor: number;
}

/** Takes over the refunds that orders owe; each is handed out once. Locks the groups, in the order of their ids. */
export async function claimRefundsDue(tx: Tx, limit: number): Promise<RefundDue[]> {
  // What a chargeback may pay back as well waits until the bank has decided.
  const { rows: seen } = await sql<{ group_id: string }>`
    select o.group_id from sub_order o left join escrow e on e.order_id = o.id
    where o.refund_state = 'due' and coalesce(e.open_chargebacks, 0) = 0
    order by o.updated_at limit ${limit}`.execute(tx.sql);
  const claimed: RefundDue[] = [];
  for (const groupId of [...new Set(seen.map((order) => order.group_id))].toSorted()) {
    const group = await lockOrderGroup(tx, groupId);
    assert(group, `group ${groupId} of an order exists`);
    const orders = await lockOrdersOf(tx, group);
    const lateParts = capturedParts(group, orders);
    for (const [index, found] of orders.entries()) {
      if (found.order.refundState !== 'due') continue;
      const escrow = await lockEscrow(tx, found.order.id);
      if (escrow && escrow.openChargebacks > 0) continue;
      const amountMinor = escrow ? await refundableOf(tx, escrow) : (lateParts[index] ?? 0);
      found.order.refundingMinor = amountMinor;
      await setRefund(tx, found, amountMinor > 0 ? 'pending' : null);
      claimed.push({ orderId: found.order.id, group, amountMinor });
    }
  }
  return claimed;
}

/** What an attempt captured for each order of a group: its total less the wallet's part, which was given back. */
function capturedParts({ walletMinor }: OrderGroup, orders: readonly OrderWithLines[]): number[] {
  const totals = orders.map(({ order }) => order.totalMinor);
  const walletParts = allocate(walletMinor, totals);
  return totals.map((totalMinor, index) => totalMinor - (walletParts[index] ?? 0));
}

/** Takes over groups that ended unpaid, so that their attempts are ended; each is handed out once, and stays locked. */
export async function claimEndedGroups(tx: Tx, limit: number): Promise<Pick<OrderGroup, 'id' | 'state'>[]> {
  const { rows } = await sql<Pick<OrderGroup, 'id' | 'state'>>`
    update order_group g set attempts_due = false
    where g.id = any(array(select id from order_group where attempts_due limit ${limit} for update skip locked))
    returning g.id, g.state`.execute(tx.sql);
  return rows;
}

export interface RefundStanding {
  readonly state: Exclude<RefundState, 'due'>;
  readonly refundedMinor: number;
  /** On its way. */
  readonly refundingMinor: number;
}

/**
 * What became of an order's refunds: how they stand together, and what has arrived of them. One that is still owed
 * stays owed: what was told is of an earlier one, of a part.
 */
export async function recordRefund(
  tx: Tx,
  orderId: string,
  { state, refundedMinor, refundingMinor }: RefundStanding,
): Promise<void> {
  const found = await lockOrder(tx, orderId);
  assert(found, `refunded order ${orderId} exists`);
  const { refundState: before, refundedMinor: refunded, refundingMinor: refunding } = found.order;
  const refundState = before === 'due' ? before : state;
  if (before === refundState && refunded === refundedMinor && refunding === refundingMinor) return;
  Object.assign(found.order, { refundState, refundedMinor, refundingMinor });
  bump(found.order, await tx.now());
  await tellOrder(tx, found, refundNews[state]);
}

const refundNews = {
  pending: 'refund_started',
  refunded: 'refunded',
  failed: 'refund_failed',
} as const satisfies Record<Exclude<RefundState, 'due'>, OrderChangeKind>;

async function setRefund(tx: Tx, found: OrderWithLines, state: keyof typeof refundNews | null): Promise<void> {
  found.order.refundState = state;
  bump(found.order, await tx.now());
  await tellOrder(tx, found, state === null ? 'nothing_to_refund' : refundNews[state]);
}
