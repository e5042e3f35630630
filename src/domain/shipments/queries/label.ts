import { encodeQR } from 'qr';
import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { ShipmentId } from '../entities.ts';
import { findParcel, ParcelInput } from '../reading.ts';
import { spellScanCode } from '../scan-code.ts';

export const label = defineQuery({
  name: 'shipments.label',
  access: 'user',
  ratePerMinute: 60,
  current: true,
  summary: 'As the seller, what is to be stuck on the parcel: its code, and the same as a QR code.',
  input: ParcelInput,
  output: z.object({
    shipmentId: ShipmentId,
    scanCode: z.string(),
    /** In groups, for people. */
    spelledCode: z.string(),
    qrUrl: z.string().describe('An SVG picture as a `data:` URL.'),
    hubName: z.string(),
  }),
  errors: ['shipments.not_found'],
  async run({ input, actor, db, fail }) {
    const found = await findParcel(db, input, actor.userId);
    if (found?.side !== 'seller') return fail('shipments.not_found');
    const { id: shipmentId, scanCode, hubName } = found.shipment;
    const svg = encodeQR(scanCode, 'svg', { ecc: 'quartile' });
    const qrUrl = `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
    return { shipmentId, scanCode, spelledCode: spellScanCode(scanCode), qrUrl, hubName };
  },
});
