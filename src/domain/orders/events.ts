import { z } from 'zod';
import { defineEvent, defineRoomEvent } from '../kernel/define.ts';
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
  'ready_for_pickup',
  'delivered',
  'received',
  'completed',
  'refund_started',
  'refunded',
  'refund_failed',
  'side_left',
] as const;
export type OrderChangeKind = (typeof orderChangeKinds)[number];

export const orderChanged = defineEvent({
  type: 'order.changed',
  entity: 'order',
  view: OrderView,
  change: z.object({ kind: z.enum(orderChangeKinds) }),
});

/** The seller's view, for the team of the seller's shop. The seller's own inbox has it too. */
export const orderTold = defineRoomEvent({ type: 'order.changed', data: OrderView });
