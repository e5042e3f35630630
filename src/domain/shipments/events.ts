import { z } from 'zod';
import { defineEvent, defineRoomEvent, type Notice } from '../kernel/define.ts';
import { ClosingView, HubShipmentView, ShipmentView } from './views.ts';

const shipmentChangeKinds = [
  'created',
  'at_hub',
  'out_for_delivery',
  'failed',
  'delivered',
  'returning',
  'returned',
  'lost',
  'overdue',
  'cancelled',
  'cash_collected',
] as const;
export type ShipmentChangeKind = (typeof shipmentChangeKinds)[number];

export const shipmentChanged = defineEvent({
  type: 'shipment.changed',
  entity: 'shipment',
  view: ShipmentView,
  change: z.object({ kind: z.enum(shipmentChangeKinds) }),
  notice: ({ view, change }) => (change ? shipmentNotice(view, change.kind) : null),
});

/** For the staff of the hub. */
export const shipmentTold = defineRoomEvent({ type: 'shipment.changed', data: HubShipmentView });
export const closingTold = defineRoomEvent({ type: 'closing.recorded', data: ClosingView });

/** The delivery itself is told with the order. */
function shipmentNotice(view: z.output<typeof ShipmentView>, kind: ShipmentChangeKind): Notice | null {
  const hub = view.hub.name;
  const reason = view.reason === null ? {} : { reason: view.reason };
  const about = { entity: 'shipment', id: view.id };
  const told = (kindTold: string, params: Notice['params']): Notice => ({
    topic: 'orders',
    template: `shipment.${kindTold}`,
    params,
    about,
  });
  if (kind === 'returning') return view.role === 'seller' ? told(kind, { hub, ...reason }) : null;
  if (kind === 'lost') return view.role === 'seller' ? told(kind, { hub }) : null;
  if (view.role === 'seller') return null;
  if (kind === 'at_hub') return view.method === 'hub' ? told(kind, { hub }) : null;
  if (kind === 'out_for_delivery') return told(kind, { courier: view.partner?.name ?? hub });
  return kind === 'failed' ? told(kind, reason) : null;
}
