import { encodeQR } from 'qr';
import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { ShipmentEntity, ShipmentId } from '../entities.ts';
import { shipmentInput } from '../hub-command.ts';
import { sideFor } from '../reading.ts';
import { spellScanCode } from '../scan-code.ts';

export const label = defineQuery({
  name: 'shipments.label',
  access: 'user',
  ratePerMinute: 60,
  current: true,
  summary: 'As the seller, what is to be stuck on the parcel: its code, and the same as a QR code.',
  input: z.strictObject(shipmentInput),
  output: z.object({
    shipmentId: ShipmentId,
    scanCode: z.string(),
    /** In groups, for people. */
    spelledCode: z.string(),
    qrUrl: z.string().describe('An SVG picture as a `data:` URL.'),
    hubName: z.string(),
  }),
  errors: ['shipments.not_found'],
  async run({ input: { shipmentId }, actor, db, fail }) {
    const shipment = await db.findOne(ShipmentEntity, { id: shipmentId });
    const side = shipment && (await sideFor(db, shipment, actor.userId));
    if (!shipment || side !== 'seller') return fail('shipments.not_found');
    const { scanCode, hubName } = shipment;
    const svg = encodeQR(scanCode, 'svg', { ecc: 'quartile' });
    const qrUrl = `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
    return { shipmentId, scanCode, spelledCode: spellScanCode(scanCode), qrUrl, hubName };
  },
});
