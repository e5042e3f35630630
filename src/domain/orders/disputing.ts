import type { Tx } from '../kernel/define.ts';
import { moveOrder, tellOrder } from './moving.ts';
import { lockOrder } from './rows.ts';
import type { OrderWithLines } from './views.ts';

/** Puts a delivered order into dispute. Null, changing nothing, when it is in another state. Locks the order. */
export async function disputeOrder(
  tx: Tx,
  { orderId, by }: { orderId: string; by: 'buyer' | 'system' },
): Promise<OrderWithLines | null> {
  const found = await lockOrder(tx, orderId);
  if (!found || !(await moveOrder(tx, found.order, { name: 'dispute', by }))) return null;
  await tellOrder(tx, found, 'disputed');
  return found;
}

/** Ends the dispute of an order: it counts as received, or is refunded. The money is moved by the caller. */
export async function resolveOrder(
  tx: Tx,
  { orderId, to }: { orderId: string; to: 'buyer' | 'seller' },
): Promise<OrderWithLines | null> {
  const found = await lockOrder(tx, orderId);
  const name = to === 'buyer' ? 'resolveToBuyer' : 'resolveToSeller';
  if (!found || !(await moveOrder(tx, found.order, { name, by: 'system' }))) return null;
  await tellOrder(tx, found, 'resolved');
  return found;
}
