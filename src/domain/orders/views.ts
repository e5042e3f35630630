import { z } from 'zod';
import { UserId } from '../kernel/ids.ts';
import { movesFor } from '../kernel/machine.ts';
import { Currency } from '../kernel/money.ts';
import { orNull } from '../kernel/or-null.ts';
import { iso, Timestamp } from '../kernel/timestamp.ts';
import {
  deliveryMethods,
  OrderGroupId,
  OrderId,
  paymentMethods,
  refundStates,
  type Order,
  type OrderGroup,
  type OrderLine,
} from './entities.ts';
import { orderGroupMachine, orderMachine } from './machine.ts';

const OrderLineView = z.object({
  listingId: z.uuid(),
  title: z.string(),
  unitPriceMinor: z.int(),
  quantity: z.int(),
  totalMinor: z.int(),
});

/** One seller's part of a purchase, as one of its two sides sees it. */
export const OrderView = z.object({
  id: OrderId,
  version: z.int(),
  /** What is paid: `payments.start` takes it. */
  orderGroupId: OrderGroupId,
  role: z.enum(['buyer', 'seller']),
  state: z.enum(orderMachine.states),
  buyer: z.object({ id: UserId, fullName: z.string() }),
  seller: z.object({ id: UserId, fullName: z.string() }),
  lines: z.array(OrderLineView),
  currency: Currency,
  totalMinor: z.int(),
  delivery: z.object({ method: z.enum(deliveryMethods) }),
  /** Shown to the buyer, who tells it to the seller at the hand-over. */
  pickupCode: orNull(z.string()),
  refund: orNull(z.object({ state: z.enum(refundStates), amountMinor: z.int() })),
  offerId: orNull(z.uuid()),
  /** The seller's reason for rejecting, or the buyer's for cancelling. */
  reason: orNull(z.string()),
  /** When the present state ends by itself: payment, the seller's answer or the buyer's receipt is due. */
  deadline: orNull(Timestamp),
  placedAt: orNull(Timestamp),
  createdAt: Timestamp,
  updatedAt: Timestamp,
  allowedActions: z.array(z.string()),
});

export const OrderGroupView = z.object({
  id: OrderGroupId,
  version: z.int(),
  state: z.enum(orderGroupMachine.states),
  currency: Currency,
  totalMinor: z.int(),
  paymentMethod: z.enum(paymentMethods),
  deadline: Timestamp,
  orders: z.array(OrderView),
  serverNow: Timestamp,
});

/** An order with its lines; the unit that views, events and stock work on. */
export interface OrderWithLines {
  readonly order: Order;
  readonly lines: readonly OrderLine[];
}

export type OrderSide = 'buyer' | 'seller';

export function sideOf(order: Order, userId: string): OrderSide | null {
  if (order.buyerId === userId) return 'buyer';
  return order.sellerId === userId ? 'seller' : null;
}

export function orderView({ order, lines }: OrderWithLines, side: OrderSide): z.input<typeof OrderView> {
  const { id, version, groupId, state, currency, totalMinor, offerId, reason, refundState } = order;
  const codeShown = side === 'buyer' && (state === 'accepted' || state === 'ready_for_pickup');
  return {
    id,
    version,
    orderGroupId: groupId,
    role: side,
    state,
    currency,
    totalMinor,
    offerId,
    reason,
    buyer: { id: order.buyerId, fullName: order.buyerName },
    seller: { id: order.sellerId, fullName: order.sellerName },
    lines: lines.map((line) => ({
      listingId: line.listingId,
      title: line.title,
      unitPriceMinor: line.unitPriceMinor,
      quantity: line.quantity,
      totalMinor: line.totalMinor,
    })),
    delivery: { method: order.deliveryMethod },
    pickupCode: codeShown ? order.pickupCode : null,
    refund: refundState ? { state: refundState, amountMinor: totalMinor } : null,
    deadline: iso(order.deadline),
    placedAt: iso(order.placedAt),
    createdAt: iso(order.createdAt),
    updatedAt: iso(order.updatedAt),
    allowedActions: allowedActions(order, side),
  };
}

export function orderGroupView(
  group: OrderGroup,
  parts: { orders: readonly OrderWithLines[]; now: Date },
): z.input<typeof OrderGroupView> {
  const { id, version, state, currency, totalMinor, paymentMethod, deadline } = group;
  return {
    id,
    version,
    state,
    currency,
    totalMinor,
    paymentMethod,
    deadline: iso(deadline),
    orders: parts.orders.map((order) => orderView(order, 'buyer')),
    serverNow: iso(parts.now),
  };
}

function allowedActions({ state }: Order, side: OrderSide): string[] {
  const own = movesFor(orderMachine, { state, by: side }).map((move) => `orders.${move}`);
  return side === 'buyer' && state === 'awaiting_payment' ? ['payments.start', ...own] : own;
}
