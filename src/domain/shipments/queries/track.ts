import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { orNull } from '../../kernel/or-null.ts';
import { iso, Timestamp } from '../../kernel/timestamp.ts';
import { privateLink } from '../../media/index.ts';
import { CustodyEntity, custodyEvents, holders } from '../entities.ts';
import { findParcel, ParcelInput } from '../reading.ts';
import { ShipmentView, shipmentView } from '../views.ts';

const Custody = z.object({
  at: Timestamp,
  event: z.enum(custodyEvents),
  /** Who has it from then on: a hub or a courier by name. */
  holder: z.object({ kind: z.enum(holders), name: orNull(z.string()) }),
  reason: orNull(z.string()),
});

export const track = defineQuery({
  name: 'shipments.track',
  access: 'user',
  current: true,
  summary: 'Where a parcel that you buy or sell is, who had it when, and how it was proven to be handed over.',
  input: ParcelInput,
  output: ShipmentView.extend({
    custody: z.array(Custody),
    /** `url` is a link to the photo that works for some minutes, once the photo has been processed. */
    proof: orNull(z.object({ kind: z.enum(['code', 'photo']), url: orNull(z.string()) })),
  }),
  errors: ['shipments.not_found'],
  async run({ input, actor, db, port, now, fail }) {
    const found = await findParcel(db, input, actor.userId);
    if (!found) return fail('shipments.not_found');
    const { shipment, side } = found;
    // Bounded by the machine: each failed try adds three.
    const chain = await db.find(CustodyEntity, { shipmentId: shipment.id }, { orderBy: { at: 'asc', id: 'asc' } });
    const { proofKind, proofUploadId } = shipment;
    const link = proofUploadId ? await privateLink({ db, port, now }, proofUploadId) : null;
    return {
      ...shipmentView(shipment, side),
      custody: chain.map(({ at, event, holder, holderName, reason }) => ({
        at: iso(at),
        event,
        holder: { kind: holder, name: holderName ?? null },
        reason: reason ?? null,
      })),
      proof: proofKind ? { kind: proofKind, url: link && typeof link === 'object' ? link.url : null } : null,
    };
  },
});
