import { z } from 'zod';
import { defineEvent, defineRoomEvent, type Notice } from '../kernel/define.ts';
import { reminderOf } from './deadlines.ts';
import { OrderView } from './views.ts';

/** What happened, for toasts. `paid_late`: the money came after the end of the window and goes back. */
const orderChangeKinds = [
  'created',
  'placed',
  'reinstated',
  'paid_late',
  'expired',
  'cancelled',
  'accepted',
  'rejected',
  'packed',
  'at_hub',
  'out_for_delivery',
  'delivery_failed',
  'ready_for_pickup',
  'delivered',
  'returned',
  'lost',
  'disputed',
  'resolved',
  'receipt_stopped',
  'receipt_resumed',
  'received',
  'completed',
  'refund_started',
  'refunded',
  'refund_failed',
  'nothing_to_refund',
  'side_left',
  'reminded',
] as const;
export type OrderChangeKind = (typeof orderChangeKinds)[number];

export const orderChanged = defineEvent({
  type: 'order.changed',
  entity: 'order',
  view: OrderView,
  change: z.object({ kind: z.enum(orderChangeKinds) }),
  notice: ({ view, change }) => (change ? orderNotice(view, change.kind) : null),
});

/** The seller's view, for the team of the seller's shop. The seller's own inbox has it too. */
export const orderTold = defineRoomEvent({ type: 'order.changed', data: OrderView });
/** Who hears of what: the side that did not do it. What the buyer's money does on its own is told with the payment. */
const news: Readonly<Partial<Record<OrderChangeKind, { to: 'buyer' | 'seller'; template: string }>>> = {
  placed: { to: 'seller', template: 'order.placed' },
  reinstated: { to: 'seller', template: 'order.placed' },
  accepted: { to: 'buyer', template: 'order.accepted' },
  rejected: { to: 'buyer', template: 'order.rejected' },
  ready_for_pickup: { to: 'buyer', template: 'order.ready_for_pickup' },
  delivered: { to: 'buyer', template: 'order.delivered' },
  received: { to: 'seller', template: 'order.received' },
  cancelled: { to: 'seller', template: 'order.cancelled' },
  expired: { to: 'buyer', template: 'order.expired' },
  paid_late: { to: 'buyer', template: 'order.paid_late' },
  refund_started: { to: 'buyer', template: 'order.refund_started' },
};

function reminder({ id, role, state, lines, deadline }: z.infer<typeof OrderView>): Notice | null {
  const told = reminderOf(state);
  if (told?.to !== role || !deadline) return null;
  const params = { title: lines[0]?.title ?? '', until: deadline };
  return { topic: 'orders', template: told.template, params, about: { entity: 'order', id } };
}

function orderNotice(view: z.infer<typeof OrderView>, kind: OrderChangeKind): Notice | null {
  const { id, role, lines, totalMinor, currency, reason, placedAt } = view;
  if (kind === 'reminded') return reminder(view);
  const told = news[kind];
  // An order that was never placed was never the seller's.
  if (told?.to !== role || (kind === 'cancelled' && placedAt === null)) return null;
  const title = lines[0]?.title ?? '';
  const amountMinor = kind === 'refund_started' ? view.refund?.amountMinor : totalMinor;
  const hasAmount = told.template === 'order.placed' || kind === 'refund_started';
  const hasReason = (kind === 'rejected' || kind === 'cancelled') && typeof reason === 'string';
  const params = {
    title,
    ...(hasAmount ? { amountMinor: amountMinor ?? totalMinor, currency } : {}),
    ...(hasReason ? { reason } : {}),
  };
  return { topic: 'orders', template: told.template, params, about: { entity: 'order', id } };
}
