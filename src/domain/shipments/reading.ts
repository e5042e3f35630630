import { staffsHub } from '../delivery/index.ts';
import { holdsRole } from '../identity/index.ts';
import type { Db } from '../kernel/define.ts';
import type { UserId } from '../kernel/ids.ts';
import { actsFor } from '../merchants/index.ts';
import type { Shipment } from './entities.ts';
import type { ShipmentSide } from './views.ts';

/** Whether a person may look at what a hub does: its staff, and admins where there is such a hub. */
export async function mayRead(db: Db, { userId, hubId }: { userId: UserId; hubId: string }): Promise<boolean> {
  return (await staffsHub(db, { userId, hubId })) || (await holdsRole(db, userId, 'admin'));
}

/** The side that a person is on, as buyer, seller or in the team of the seller's shop; null for everybody else. */
export async function sideFor(db: Db, { buyerId, sellerId }: Shipment, userId: UserId): Promise<ShipmentSide | null> {
  if (buyerId === userId) return 'buyer';
  return (await actsFor(db, { userId, sellerId }, 'orders')) ? 'seller' : null;
}
