import { exportRowsMax, formerName, type PersonalData } from '../kernel/personal-data.ts';
import { ShipmentEntity } from './entities.ts';
import { shipmentView } from './views.ts';

export const shipmentsPersonal: PersonalData = {
  async export({ db, userId }) {
    const shipments = await db.find(
      ShipmentEntity,
      { $or: [{ buyerId: userId }, { sellerId: userId }] },
      { orderBy: { id: 'desc' }, limit: exportRowsMax },
    );
    return {
      shipments: shipments.map((shipment) => ({
        ...shipmentView(shipment, shipment.buyerId === userId ? 'buyer' : 'seller'),
        address: shipment.buyerId === userId ? shipment.address : null,
      })),
    };
  },
  /** Orders keep the account while anything is under way. No view of the two sides has the name or the address. */
  async forget(tx, userId) {
    await tx.db.nativeUpdate(ShipmentEntity, { buyerId: userId }, { recipientName: formerName, address: null });
  },
};
