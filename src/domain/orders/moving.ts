import { freePlaces } from '../delivery/index.ts';
import type { Tx } from '../kernel/define.ts';
import { applyMove } from '../kernel/machine.ts';
import { shopsOf } from '../merchants/index.ts';
import { startState } from './deadlines.ts';
import { OrderMoveEntity, type Order } from './entities.ts';
import { orderChanged, orderTold, type OrderChangeKind } from './events.ts';
import { orderMachine, type OrderMove } from './machine.ts';
import { orderSettingsPort } from './settings.ts';
import { orderView, type OrderSide, type OrderWithLines } from './views.ts';

/** Moves an order, notes it, and sets when the new state ends by itself. False, changing nothing: no such move. */
export async function moveOrder(tx: Tx, order: Order, { name, by }: Mover): Promise<boolean> {
  const at = await tx.now();
  const fromState = order.state;
  if (!applyMove(orderMachine, order, { name, by, at })) return false;
  const concernsHub = fromState === 'packed' ? name === 'cancel' : name === 'pack';
  if (concernsHub && order.hubId) order.shipmentDue = true;
  if (name === 'complete') order.completedAt = at;
  startState(order, tx.port(orderSettingsPort), at);
  const { id: orderId, version, state: toState } = order;
  tx.db.create(OrderMoveEntity, { orderId, version, name, fromState, toState, bySide: by, at });
  if (order.hubId && hasLeft.has(toState)) await freePlaces(tx, [orderId]);
  return true;
}

/** No place at a hub is kept for it any more. What goes back to its seller is there until it is fetched. */
const hasLeft: ReadonlySet<string> = new Set(['payment_expired', 'rejected', 'cancelled', 'delivered', 'refunded']);

interface Mover {
  readonly name: OrderMove;
  readonly by: OrderSide | 'hub' | 'system';
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
