import type { Db, Tx } from '../kernel/define.ts';
import type { UserId } from '../kernel/ids.ts';
import { OrderEntity, type Order } from './entities.ts';
import { lockOrder } from './rows.ts';
import { sideOf, type OrderSide } from './views.ts';

export interface OrderOfSide extends Pick<Order, 'id' | 'buyerId' | 'sellerId' | 'state'> {
  /** Of the person who asked. */
  readonly side: OrderSide;
}

/** An order that this person is a side of, or null. */
export async function readOrder(
  db: Db,
  { orderId, userId }: { orderId: string; userId: UserId },
): Promise<OrderOfSide | null> {
  const order = await db.findOne(OrderEntity, { id: orderId });
  const side = order && sideOf(order, userId);
  if (!order || !side) return null;
  const { id, buyerId, sellerId, state } = order;
  return { id, buyerId, sellerId, state, side };
}

/** The same, locked, with what was bought and since when the order is completed. */
export async function lockOrderForReview(
  tx: Tx,
  { orderId, userId }: { orderId: string; userId: UserId },
): Promise<(OrderOfSide & { listingIds: readonly string[]; completedAt: Date | null }) | null> {
  const found = await lockOrder(tx, orderId);
  const side = found && sideOf(found.order, userId);
  if (!found || !side) return null;
  const { id, buyerId, sellerId, state, completedAt = null } = found.order;
  return { id, buyerId, sellerId, state, side, completedAt, listingIds: found.lines.map(({ listingId }) => listingId) };
}
