import { randomInt } from 'node:crypto';
import { publicProfiles } from '../identity/index.ts';
import type { Tx } from '../kernel/define.ts';
import { newId, type UserId } from '../kernel/ids.ts';
import { multiplyMinor } from '../kernel/money.ts';
import {
  OrderEntity,
  OrderGroupEntity,
  OrderLineEntity,
  OrderMoveEntity,
  type Order,
  type OrderGroup,
} from './entities.ts';
import { tellOrder } from './moving.ts';
import type { OrderWithLines } from './views.ts';

export interface PurchaseLine {
  readonly listingId: string;
  readonly title: string;
  readonly unitPriceMinor: number;
  readonly quantity: number;
}

/** What one seller's part of a new group consists of. */
export interface OrderPart extends Pick<
  Order,
  'sellerId' | 'goodsMinor' | 'discountMinor' | 'deliveryMinor' | 'deliveryMethod'
> {
  readonly offerId: string | null;
  readonly hubId: string | null;
  readonly address: Order['address'];
  readonly lines: readonly PurchaseLine[];
}

export type GroupTerms = Pick<OrderGroup, 'id' | 'deadline' | 'buyerId' | 'currency' | 'paymentMethod' | 'walletMinor'>;

/** Writes a group with its orders and tells the sides of each. */
export async function writeGroup(
  tx: Tx,
  terms: GroupTerms,
  parts: readonly OrderPart[],
): Promise<{ group: OrderGroup; orders: OrderWithLines[] }> {
  const now = await tx.now();
  const fresh = { state: 'awaiting_payment', version: 1, createdAt: now, updatedAt: now } as const;
  const orders = await writeOrders(tx, terms, parts);
  const totalMinor = orders.reduce((sum, { order }) => sum + order.totalMinor, 0);
  const group = tx.db.create(OrderGroupEntity, { ...fresh, ...terms, totalMinor, attemptsDue: false });
  for (const found of orders) await tellOrder(tx, found, 'created');
  return { group, orders };
}

async function writeOrders(tx: Tx, terms: GroupTerms, parts: readonly OrderPart[]): Promise<OrderWithLines[]> {
  const { id: groupId, buyerId, currency, deadline } = terms;
  const profiles = await publicProfiles(tx.db, [buyerId, ...parts.map(({ sellerId }) => sellerId)]);
  const nameOf = (userId: UserId) => profiles.get(userId)?.fullName ?? '';
  const now = await tx.now();
  return parts.map(({ lines, ...part }) => {
    const order = tx.db.create(OrderEntity, {
      ...part,
      id: newId(),
      groupId,
      buyerId,
      buyerName: nameOf(buyerId),
      sellerName: nameOf(part.sellerId),
      state: 'awaiting_payment',
      currency,
      totalMinor: part.goodsMinor + part.deliveryMinor - part.discountMinor,
      refundState: null,
      refundedMinor: 0,
      pickupCode: String(randomInt(1_000_000)).padStart(6, '0'),
      pickupTries: 0,
      pickupLockedUntil: null,
      reason: null,
      deadline,
      placedAt: null,
      remindAt: null,
      reminders: 0,
      version: 1,
      createdAt: now,
      updatedAt: now,
    });
    const toState = order.state;
    const first = { version: 1, name: 'place', fromState: null, toState, bySide: 'buyer', at: now } as const;
    tx.db.create(OrderMoveEntity, { orderId: order.id, ...first });
    const written = lines.map((line) => {
      const totalMinor = multiplyMinor(line.unitPriceMinor, line.quantity);
      return tx.db.create(OrderLineEntity, { ...line, id: newId(), orderId: order.id, totalMinor });
    });
    return { order, lines: written };
  });
}
