import type { Db } from '../kernel/define.ts';

/** Whether the bank of somebody who paid for an order has not decided yet. The order must be locked. */
export async function hasOpenChargeback(_db: Db, _orderId: string): Promise<boolean> {
  return false;
}
