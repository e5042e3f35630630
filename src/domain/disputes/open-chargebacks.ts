import { lockEscrow } from '../escrow/index.ts';
import type { Tx } from '../kernel/define.ts';

/** Whether the bank of whoever paid for an order has not decided yet. The order must be locked. */
export async function hasOpenChargeback(tx: Tx, orderId: string): Promise<boolean> {
  return ((await lockEscrow(tx, orderId))?.openChargebacks ?? 0) > 0;
}
