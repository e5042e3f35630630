import { randomInt } from 'node:crypto';
import { z } from 'zod';
import { publicProfiles } from '../identity/index.ts';
import type { Tx } from '../kernel/define.ts';
import { newId, type UserId } from '../kernel/ids.ts';
import { multiplyMinor, type Currency } from '../kernel/money.ts';
import {
  deliveryMethods,
  OrderEntity,
  OrderGroupEntity,
  OrderLineEntity,
  paymentMethods,
  type OrderGroup,
  type PaymentMethod,
} from './entities.ts';
import { tellOrder } from './moving.ts';
import { orderSettingsPort } from './settings.ts';
import type { OrderWithLines } from './views.ts';

/** What every way of buying asks for. */
export const placingInput = {
  delivery: z.strictObject({ method: z.enum(deliveryMethods) }),
  paymentMethod: z.enum(paymentMethods),
};

export interface Purchase {
  readonly buyerId: UserId;
  readonly sellerId: UserId;
  readonly paymentMethod: PaymentMethod;
  readonly currency: Currency;
  readonly offerId: string | null;
  readonly line: {
    readonly listingId: string;
    readonly title: string;
    readonly unitPriceMinor: number;
    readonly quantity: number;
  };
}

export async function paymentDeadline(tx: Tx): Promise<Date> {
  return new Date((await tx.now()).getTime() + tx.port(orderSettingsPort).paymentWindowMs);
}

/** Writes a group that waits for its payment, with one seller's order of one line, and tells both sides. */
export async function openGroup(
  tx: Tx,
  group: Pick<OrderGroup, 'id' | 'deadline'>,
  purchase: Purchase,
): Promise<{ group: OrderGroup; orders: OrderWithLines[] }> {
  const now = await tx.now();
  const { buyerId, sellerId, paymentMethod, currency, offerId, line } = purchase;
  const totalMinor = multiplyMinor(line.unitPriceMinor, line.quantity);
  const profiles = await publicProfiles(tx.db, [buyerId, sellerId]);
  const common = {
    state: 'awaiting_payment',
    currency,
    totalMinor,
    version: 1,
    createdAt: now,
    updatedAt: now,
  } as const;
  const opened = tx.db.create(OrderGroupEntity, {
    ...common,
    ...group,
    buyerId,
    paymentMethod,
    walletMinor: 0,
    attemptsDue: false,
  });
  const order = tx.db.create(OrderEntity, {
    ...common,
    id: newId(),
    groupId: group.id,
    buyerId,
    sellerId,
    buyerName: profiles.get(buyerId)?.fullName ?? '',
    sellerName: profiles.get(sellerId)?.fullName ?? '',
    offerId,
    refundState: null,
    goodsMinor: totalMinor,
    deliveryMinor: 0,
    discountMinor: 0,
    refundedMinor: 0,
    deliveryMethod: 'pickup',
    hubId: null,
    address: null,
    pickupCode: String(randomInt(1_000_000)).padStart(6, '0'),
    pickupTries: 0,
    pickupLockedUntil: null,
    reason: null,
    deadline: group.deadline,
    placedAt: null,
  });
  const orderLine = tx.db.create(OrderLineEntity, { ...line, id: newId(), orderId: order.id, totalMinor });
  const placed = { order, lines: [orderLine] };
  await tellOrder(tx, placed, 'created');
  return { group: opened, orders: [placed] };
}
