import { z } from 'zod';
import type { Db, Tx } from '../kernel/define.ts';
import type { UserId } from '../kernel/ids.ts';
import { actsFor } from '../merchants/index.ts';
import { OrderEntity, OrderId, type Order } from './entities.ts';
import type { OrderChangeKind } from './events.ts';
import type { OrderMove } from './machine.ts';
import { moveOrder, tellOrder } from './moving.ts';
import { lockOrder } from './rows.ts';
import { orderLimits } from './settings.ts';
import { fits, type OrderView, orderView, sideOf, type OrderSide, type OrderWithLines } from './views.ts';

export const orderInput = { orderId: OrderId };
export const reasonInput = { reason: z.string().trim().min(1).max(orderLimits.reasonChars).optional() };

interface Caller {
  readonly tx: Tx;
  readonly userId: UserId;
  fail(code: 'orders.not_found' | 'orders.not_possible'): never;
}

/** The side that a person is on, as buyer, seller or in the team of the seller's shop; null for everybody else. */
export async function sideFor(db: Db, order: Order, userId: UserId): Promise<OrderSide | null> {
  const side = sideOf(order, userId);
  if (side) return side;
  return (await actsFor(db, { userId, sellerId: order.sellerId }, 'orders')) ? 'seller' : null;
}

/** An order that somebody is on a side of, as `sideFor` tells; null for everybody else. */
export async function findOwnOrder(
  db: Db,
  { orderId, userId }: { orderId: string; userId: UserId },
): Promise<{ order: Order; side: OrderSide } | null> {
  const order = await db.findOne(OrderEntity, { id: orderId });
  const side = order && (await sideFor(db, order, userId));
  return order && side ? { order, side } : null;
}

/** Locks an order for one of its two sides; to everybody else it does not exist. */
export async function lockOwnOrder(
  { tx, userId, fail }: Caller,
  orderId: string,
): Promise<{ found: OrderWithLines; side: OrderSide }> {
  const found = await lockOrder(tx, orderId);
  const side = found && (await sideFor(tx.db, found.order, userId));
  return found && side ? { found, side } : fail('orders.not_found');
}

/** Makes a side's move, tells both sides and answers the mover's view. */
export async function makeMove(
  { tx, fail }: Pick<Caller, 'tx' | 'fail'>,
  { found, side }: { found: OrderWithLines; side: OrderSide },
  { name, kind }: { name: OrderMove; kind: OrderChangeKind },
): Promise<z.input<typeof OrderView>> {
  if (!fits(name, found.order.deliveryMethod)) fail('orders.not_possible');
  if (!(await moveOrder(tx, found.order, { name, by: side }))) fail('orders.not_possible');
  await tellOrder(tx, found, kind);
  return orderView(found, side);
}
