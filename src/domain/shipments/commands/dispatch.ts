import { z } from 'zod';
import { PartnerId, partnerServing } from '../../delivery/index.ts';
import { defineCommand } from '../../kernel/define.ts';
import { hubCommand, makeHubMove, shipmentInput } from '../hub-command.ts';
import { lockHubShipment } from '../rows.ts';

export const dispatch = defineCommand({
  ...hubCommand,
  name: 'shipments.dispatch',
  summary: 'Give a parcel to a courier who serves your hub.',
  input: z.strictObject({ ...shipmentInput, partnerId: PartnerId }),
  errors: ['shipments.not_found', 'partners.not_found', 'shipments.not_possible'],
  async run({ input: { shipmentId, partnerId }, actor: { userId }, tx, fail }) {
    const shipment = await lockHubShipment({ tx, userId, fail }, { shipmentId });
    const partner = await partnerServing(tx.db, { partnerId, hubId: shipment.hubId });
    if (!partner) return fail('partners.not_found');
    shipment.partnerId = partner.id;
    shipment.partnerName = partner.name;
    shipment.reason = null;
    return makeHubMove({ tx, userId, fail }, shipment, { name: 'dispatch' });
  },
});
