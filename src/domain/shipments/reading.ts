import { z } from 'zod';
import { staffsHub } from '../delivery/index.ts';
import { holdsRole } from '../identity/index.ts';
import type { Db } from '../kernel/define.ts';
import type { UserId } from '../kernel/ids.ts';
import { actsFor } from '../merchants/index.ts';
import { OrderId } from '../orders/index.ts';
import { ShipmentEntity, ShipmentId, type Shipment } from './entities.ts';
import type { ShipmentSide } from './views.ts';

/** Whether a person may look at what a hub does: its staff, and admins where there is such a hub. */
export async function mayRead(db: Db, { userId, hubId }: { userId: UserId; hubId: string }): Promise<boolean> {
  return (await staffsHub(db, { userId, hubId })) || (await holdsRole(db, userId, 'admin'));
}

/** A parcel by its own id or by that of its order, whose sides know both. */
export const ParcelInput = z
  .strictObject({ shipmentId: ShipmentId.optional(), orderId: OrderId.optional() })
  .refine(
    ({ shipmentId, orderId }) => (shipmentId === undefined) !== (orderId === undefined),
    'expected one of the two',
  );

/** A parcel and the side that a person is on; the team of the seller's shop is on its side. Null for all others. */
export async function findParcel(
  db: Db,
  { shipmentId, orderId }: z.output<typeof ParcelInput>,
  userId: UserId,
): Promise<{ shipment: Shipment; side: ShipmentSide } | null> {
  const where = shipmentId === undefined ? { orderId: orderId! } : { id: shipmentId };
  const shipment = await db.findOne(ShipmentEntity, where);
  if (!shipment) return null;
  const { buyerId, sellerId } = shipment;
  if (buyerId === userId) return { shipment, side: 'buyer' };
  return (await actsFor(db, { userId, sellerId }, 'orders')) ? { shipment, side: 'seller' } : null;
}
