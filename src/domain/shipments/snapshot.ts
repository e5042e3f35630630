import type { SnapshotPart } from '../kernel/define.ts';
import { ShipmentEntity } from './entities.ts';
import { openStates } from './machine.ts';
import { shipmentRules } from './rules.ts';
import { shipmentView } from './views.ts';

/** Open shipments and those changed lately, the newest first. */
export const shipmentSnapshot: SnapshotPart = {
  entity: 'shipment',
  async load({ db, userId, now }) {
    const recent = new Date(now.getTime() - shipmentRules.snapshotDays * 86_400_000);
    const shipments = await db.find(
      ShipmentEntity,
      {
        $and: [
          { $or: [{ buyerId: userId }, { sellerId: userId }] },
          { $or: [{ state: { $in: [...openStates] } }, { updatedAt: { $gte: recent } }] },
        ],
      },
      { orderBy: { updatedAt: 'desc', id: 'desc' }, limit: shipmentRules.snapshotMax },
    );
    return shipments.map((shipment) => shipmentView(shipment, shipment.buyerId === userId ? 'buyer' : 'seller'));
  },
};
