import type { RoomKind } from '../kernel/define.ts';
import { MerchantId, ownerOf, sellerOf } from '../merchants/index.ts';
import { OrderEntity } from './entities.ts';
import { orderTold } from './events.ts';
import { openStates } from './machine.ts';
import { withLines } from './rows.ts';
import { orderLimits } from './settings.ts';
import { orderView } from './views.ts';

/**
 * A room, because members come and go: one message reaches the whole team, and leaving the team is leaving the room, at
 * once and on every node. The owner has the same in the inbox, which keeps what a room may lose.
 */
export const shopRoom: RoomKind = {
  kind: 'shop',
  summary: 'The orders of a shop, for its team. Joining shows the latest that are open.',
  events: [orderTold],
  async admits({ db, actor, id }) {
    const merchantId = MerchantId.safeParse(id);
    if (!merchantId.success || actor.kind !== 'user') return false;
    return (await sellerOf(db, { userId: actor.userId, merchantId: merchantId.data }, 'orders')) !== null;
  },
  async view({ db, id }) {
    const sellerId = await ownerOf(db, MerchantId.parse(id));
    if (!sellerId) return null;
    const orders = await db.find(
      OrderEntity,
      { sellerId, state: { $in: [...openStates] } },
      { orderBy: { createdAt: 'desc', id: 'desc' }, limit: orderLimits.shopRoomOrders },
    );
    return { merchantId: id, orders: (await withLines(db, orders)).map((found) => orderView(found, 'seller')) };
  },
};
