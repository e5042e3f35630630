import type { Tx } from '../kernel/define.ts';
import { applyMove } from '../kernel/machine.ts';
import { shopsOf } from '../merchants/index.ts';
import type { Order } from './entities.ts';
import { orderChanged, orderTold, type OrderChangeKind } from './events.ts';
import { orderMachine, type OrderMove, type OrderState } from './machine.ts';
import { orderSettingsPort, type OrderSettings } from './settings.ts';
import { orderView, type OrderSide, type OrderWithLines } from './views.ts';

/** Moves an order and sets when its new state ends by itself. False, changing nothing, when there is no such move. */
export async function moveOrder(
  tx: Tx,
  order: Order,
  { name, by }: { name: OrderMove; by: OrderSide | 'hub' | 'system' },
): Promise<boolean> {
  const at = await tx.now();
  if (!applyMove(orderMachine, order, { name, by, at })) return false;
  if (name === 'complete') order.completedAt = at;
  const afterMs = timeLeftMs(order.state, tx.port(orderSettingsPort));
  order.deadline = afterMs === null ? null : new Date(at.getTime() + afterMs);
  return true;
}

/** How long a state lasts before the system acts; null where nothing is due. */
function timeLeftMs(state: OrderState, settings: OrderSettings): number | null {
  if (state === 'placed') return settings.sellerResponseMs;
  if (state === 'accepted' || state === 'packed') return settings.handlingMs;
  if (state === 'ready_for_pickup') return settings.pickupMs;
  return state === 'delivered' ? settings.autoReceiveMs : null;
}

/** Tells both sides, each with their own view, and the team of the seller's shop. */
export async function tellOrder(tx: Tx, order: OrderWithLines, kind: OrderChangeKind): Promise<void> {
  await tellOrders(tx, [order], kind);
}

/** The same for many orders to which the same has happened. */
export async function tellOrders(tx: Tx, orders: readonly OrderWithLines[], kind: OrderChangeKind): Promise<void> {
  const shops = await shopsOf(
    tx.db,
    orders.map(({ order }) => order.sellerId),
  );
  for (const found of orders) {
    const { buyerId, sellerId } = found.order;
    tx.emit(orderChanged, buyerId, { view: orderView(found, 'buyer'), change: { kind } });
    const sellers = orderView(found, 'seller');
    tx.emit(orderChanged, sellerId, { view: sellers, change: { kind } });
    const shop = shops.get(sellerId);
    if (shop !== undefined) tx.publish(orderTold, `shop:${shop}`, sellers);
  }
}

/** A paid order that does not come about: its money is due back, and the payments area sends it. */
export function oweRefund(order: Order): void {
  order.refundState = 'due';
}
