import type { z } from 'zod';
import { orderChanged, orderTold } from '../orders/index.ts';
import { ShipmentId, type Shipment } from './entities.ts';
import { shipmentChanged, shipmentTold } from './events.ts';
import { moveShipment, type ShipmentStep } from './moving.ts';
import type { HubCaller } from './rows.ts';
import { HubShipmentView, hubShipmentView } from './views.ts';

/** What every command of a hub about one shipment declares. */
export const hubCommand = {
  access: 'hub',
  ratePerMinute: 120,
  output: HubShipmentView,
  emits: [shipmentChanged, shipmentTold, orderChanged, orderTold],
} as const;
export const shipmentInput = { shipmentId: ShipmentId };

interface Mover extends Pick<HubCaller, 'tx' | 'userId'> {
  fail(code: 'shipments.not_possible'): never;
}

/** Makes a hub's move of a locked shipment and answers the hub's view. */
export async function makeHubMove(
  { tx, userId, fail }: Mover,
  shipment: Shipment,
  step: Pick<ShipmentStep, 'name' | 'reason'>,
): Promise<z.input<typeof HubShipmentView>> {
  if (!(await moveShipment(tx, shipment, { ...step, by: 'hub', actorId: userId }))) fail('shipments.not_possible');
  return hubShipmentView(shipment);
}
