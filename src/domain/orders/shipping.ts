import { LockMode } from '@mikro-orm/core';
import type { Tx } from '../kernel/define.ts';
import { OrderEntity, type Order } from './entities.ts';

/** Takes over orders whose shipment has to follow them; each is handed out once, and stays locked. */
export async function claimShipmentsDue(tx: Tx, limit: number): Promise<Order[]> {
  const lockMode = LockMode.PESSIMISTIC_PARTIAL_WRITE;
  const due = { refresh: true, orderBy: { id: 'asc' }, lockMode, limit } as const;
  const orders = await tx.db.find(OrderEntity, { shipmentDue: true }, due);
  for (const order of orders) order.shipmentDue = false;
  return orders;
}
