import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { hubCommand, makeHubMove, shipmentInput } from '../hub-command.ts';
import { lockHubShipment, lockOthersShipment } from '../rows.ts';
import { shipmentRules } from '../rules.ts';

const Reason = z.string().trim().min(1).max(shipmentRules.reasonChars);

export const failDelivery = defineCommand({
  ...hubCommand,
  name: 'shipments.fail',
  summary: 'Say that a courier could not deliver, and why. After the third time the parcel goes back to the seller.',
  input: z.strictObject({ ...shipmentInput, reason: Reason }),
  errors: ['shipments.not_found', 'shipments.own_parcel', 'shipments.not_possible'],
  async run({ input: { shipmentId, reason }, actor: { userId }, tx, fail }) {
    const shipment = await lockOthersShipment({ tx, userId, fail }, shipmentId);
    shipment.failedTries += 1;
    const name = shipment.failedTries < shipmentRules.failedTriesMax ? 'fail' : 'giveUp';
    return makeHubMove({ tx, userId, fail }, shipment, { name, reason });
  },
});

export const returnToSeller = defineCommand({
  ...hubCommand,
  name: 'shipments.returnToSeller',
  summary: 'Send a parcel back that cannot be delivered, and say why. The buyer is refunded at once.',
  input: z.strictObject({ ...shipmentInput, reason: Reason }),
  errors: ['shipments.not_found', 'shipments.own_parcel', 'shipments.not_possible'],
  async run({ input: { shipmentId, reason }, actor: { userId }, tx, fail }) {
    const shipment = await lockOthersShipment({ tx, userId, fail }, shipmentId);
    return makeHubMove({ tx, userId, fail }, shipment, { name: 'returnToSeller', reason });
  },
});

export const handBack = defineCommand({
  ...hubCommand,
  name: 'shipments.handBack',
  summary: 'Say that the seller has a returned parcel again.',
  input: z.strictObject(shipmentInput),
  errors: ['shipments.not_found', 'shipments.not_possible'],
  async run({ input: { shipmentId }, actor: { userId }, tx, fail }) {
    const shipment = await lockHubShipment({ tx, userId, fail }, { shipmentId });
    return makeHubMove({ tx, userId, fail }, shipment, { name: 'handBack' });
  },
});
