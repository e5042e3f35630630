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
  type DeliveryMethod,
  type Order,
  type OrderGroup,
  type OrderLine,
  type RefundState,
} from './entities.ts';
import { orderGroupMachine, orderMachine, protectedStates, type OrderMove } from './machine.ts';

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
  goodsMinor: z.int(),
  /** What the delivery costs the buyer. */
  deliveryMinor: z.int(),
  /** What a promotion takes off. */
  discountMinor: z.int(),
  /** What the buyer pays: goods and delivery, less the discount. */
  totalMinor: z.int(),
  delivery: z.object({
    method: z.enum(deliveryMethods),
    hubId: orNull(z.uuid()),
    address: orNull(
      z.object({ text: z.string(), location: z.object({ lat: z.number(), lon: z.number() }).optional() }),
    ),
  }),
  /** Shown to the buyer, who tells it to the seller at the hand-over. */
  pickupCode: orNull(z.string()),
  /** The last refund; `amountMinor` is what has been refunded in all once it has arrived, else what is on its way. */
  refund: orNull(z.object({ state: z.enum(refundStates), amountMinor: z.int() })),
  refundedMinor: z.int(),
  offerId: orNull(z.uuid()),
  /** The seller's reason for rejecting, or the buyer's for cancelling. */
  reason: orNull(z.string()),
  /** When the present state ends by itself: payment, the seller's answer or the buyer's receipt is due. */
  deadline: orNull(Timestamp),
  /** Paid for, and not yet the seller's: who gets nothing, or not what was sold, gets the money back. */
  isProtected: z.boolean(),
  /** Until when the buyer can object once the goods are delivered; then the seller is paid. */
  protectedUntil: orNull(Timestamp),
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
  goodsMinor: z.int(),
  deliveryMinor: z.int(),
  discountMinor: z.int(),
  /** Goods and delivery, less the discount. */
  totalMinor: z.int(),
  /** Of the total, what the buyer's wallet pays. */
  walletMinor: z.int(),
  /** Of the total, what is left for `payments.start`, or for cash at the delivery. */
  restMinor: z.int(),
  refundedMinor: z.int(),
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
  const { goodsMinor, deliveryMinor, discountMinor, refundedMinor } = order;
  const codeShown = side === 'buyer' && (state === 'accepted' || state === 'ready_for_pickup');
  return {
    id,
    version,
    orderGroupId: groupId,
    role: side,
    state,
    currency,
    goodsMinor,
    deliveryMinor,
    discountMinor,
    totalMinor,
    refundedMinor,
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
    // The seller brings it to the hub: where the buyer lives is for the courier alone.
    delivery: { method: order.deliveryMethod, hubId: order.hubId, address: side === 'buyer' ? order.address : null },
    pickupCode: codeShown ? order.pickupCode : null,
    refund: refundState && { state: refundState, amountMinor: refundOf(order, refundState) },
    deadline: iso(order.deadline),
    isProtected: (protectedStates as readonly string[]).includes(state),
    protectedUntil: state === 'delivered' ? iso(order.deadline) : null,
    placedAt: iso(order.placedAt),
    createdAt: iso(order.createdAt),
    updatedAt: iso(order.updatedAt),
    allowedActions: allowedActions(order, side),
  };
}

function refundOf({ totalMinor, refundedMinor, refundingMinor }: Order, state: RefundState): number {
  if (state === 'refunded') return refundedMinor;
  return state === 'pending' ? refundingMinor : totalMinor - refundedMinor - refundingMinor;
}

export function orderGroupView(
  group: OrderGroup,
  parts: { orders: readonly OrderWithLines[]; now: Date },
): z.input<typeof OrderGroupView> {
  const { id, version, state, currency, totalMinor, walletMinor, paymentMethod, deadline } = group;
  const sumOf = (part: 'goodsMinor' | 'deliveryMinor' | 'discountMinor' | 'refundedMinor') =>
    parts.orders.reduce((sum, { order }) => sum + order[part], 0);
  return {
    id,
    version,
    state,
    currency,
    goodsMinor: sumOf('goodsMinor'),
    deliveryMinor: sumOf('deliveryMinor'),
    discountMinor: sumOf('discountMinor'),
    totalMinor,
    walletMinor,
    restMinor: totalMinor - walletMinor,
    refundedMinor: sumOf('refundedMinor'),
    paymentMethod,
    deadline: iso(deadline),
    orders: parts.orders.map((order) => orderView(order, 'buyer')),
    serverNow: iso(parts.now),
  };
}

/** What is fetched from the seller is not packed for a hub, and the other way round. */
export function fits(move: OrderMove, method: DeliveryMethod): boolean {
  if (move === 'pack') return method !== 'pickup';
  return (move !== 'readyForPickup' && move !== 'handOver') || method === 'pickup';
}

function allowedActions({ state, deliveryMethod }: Order, side: OrderSide): string[] {
  const own = movesFor(orderMachine, { state, by: side })
    .filter((move) => fits(move, deliveryMethod))
    .map((move) => (move === 'dispute' ? 'disputes.open' : `orders.${move}`));
  return side === 'buyer' && state === 'awaiting_payment' ? ['payments.start', ...own] : own;
}
