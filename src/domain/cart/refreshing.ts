import { saleFacts } from '../catalog/index.ts';
import type { Tx } from '../kernel/define.ts';
import { isBlocked } from '../trust/index.ts';
import { refreshItem, toldOf } from './facts.ts';
import type { CartWithItems } from './views.ts';

/** Brings all items of a locked cart up to date with their listings. Whether any was told otherwise before. */
export async function refreshCart(tx: Tx, { cart, items }: CartWithItems): Promise<boolean> {
  const facts = await saleFacts(
    tx.db,
    items.map(({ listingId }) => listingId),
  );
  const blocked = new Map<string, boolean>();
  for (const sellerId of [...new Set(items.map((item) => item.sellerId))].toSorted()) {
    blocked.set(sellerId, await isBlocked(tx, cart.userId, sellerId));
  }
  let isChanged = false;
  for (const item of items) {
    const known = facts.get(item.listingId);
    const isBlockedNow = blocked.get(item.sellerId) ?? false;
    const told = known && toldOf(known, { quantity: item.quantity, isBlocked: isBlockedNow });
    if (told && refreshItem(item, told)) isChanged = true;
  }
  return isChanged;
}
