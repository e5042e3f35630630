import { z } from 'zod';
import { HubId, lockHub, readHub } from '../../delivery/index.ts';
import { defineCommand, type Tx } from '../../kernel/define.ts';
import { hubCommand, makeHubMove } from '../hub-command.ts';
import { ShipmentEntity } from '../entities.ts';
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
  errors: ['shipments.not_found', 'shipments.hub_full', 'shipments.not_possible'],
  async run({ input: { code, hubId }, actor: { userId }, tx, fail }) {
    const scanCode = readScanCode(code);
    if (scanCode === null) return fail('shipments.not_found');
    // One with room for all is not locked: its staff scan side by side.
    const bounded = (await readHub(tx.db, hubId))?.capacity ? await lockHub(tx, hubId) : null;
    const shipment = await lockHubShipment({ tx, userId, fail }, { scanCode, hubId });
    if (bounded?.capacity && (await parcelsAt(tx, hubId)) >= bounded.capacity) fail('shipments.hub_full');
    return makeHubMove({ tx, userId, fail }, shipment, { name: 'receiveAtHub' });
  },
});

/** What lies at a hub that is locked: more than were bought for it come where its capacity has shrunk since. */
async function parcelsAt(tx: Tx, hubId: HubId): Promise<number> {
  return tx.db.count(ShipmentEntity, { hubId, state: { $in: ['at_hub', 'returning'] } });
}
