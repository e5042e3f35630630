import { z } from 'zod';
import { HubId } from '../../delivery/index.ts';
import { defineCommand } from '../../kernel/define.ts';
import { hubCommand, makeHubMove } from '../hub-command.ts';
import { lockHubShipment } from '../rows.ts';
import { readScanCode } from '../scan-code.ts';

export const receiveAtHub = defineCommand({
  ...hubCommand,
  name: 'shipments.receiveAtHub',
  summary: 'Scan a parcel that the seller drops off at your hub, or that a courier brings back.',
  input: z.strictObject({
    code: z.string().min(1).max(32).describe('Off the label; small letters and dashes do not matter.'),
    hubId: HubId,
  }),
  errors: ['shipments.not_found', 'shipments.not_possible'],
  async run({ input: { code, hubId }, actor: { userId }, tx, fail }) {
    const scanCode = readScanCode(code);
    if (scanCode === null) return fail('shipments.not_found');
    const shipment = await lockHubShipment({ tx, userId, fail }, { scanCode, hubId });
    return makeHubMove({ tx, userId, fail }, shipment, { name: 'receiveAtHub' });
  },
});
