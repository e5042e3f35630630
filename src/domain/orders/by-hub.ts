import type { Tx } from '../kernel/define.ts';
import type { OrderChangeKind } from './events.ts';
import type { OrderMove } from './machine.ts';
import { moveOrder, oweRefund, tellOrder } from './moving.ts';
import { lockOrder } from './rows.ts';
import { returnSold } from './stock.ts';
import type { OrderWithLines } from './views.ts';

const news = {
  receiveAtHub: 'at_hub',
  dispatch: 'out_for_delivery',
  failDelivery: 'delivery_failed',
  deliver: 'delivered',
  returnToSeller: 'returned',
  loseParcel: 'lost',
} as const satisfies Partial<Record<OrderMove, OrderChangeKind>>;
export type HubMove = keyof typeof news;

/**
 * Makes a hub's move of an order and tells both sides. What goes back to the seller is refunded, and its stock is on
 * sale again; what is lost is refunded alone. Null, changing nothing, when the order is not in a state for it. Locks
 * the order.
 */
export async function moveOrderByHub(
  tx: Tx,
  { orderId, name }: { orderId: string; name: HubMove },
): Promise<OrderWithLines | null> {
  const found = await lockOrder(tx, orderId);
  if (!found || !(await moveOrder(tx, found.order, { name, by: 'hub' }))) return null;
  if (name === 'returnToSeller' || name === 'loseParcel') oweRefund(found.order);
  if (name === 'returnToSeller') await returnSold(tx, [found]);
  await tellOrder(tx, found, news[name]);
  return found;
}
