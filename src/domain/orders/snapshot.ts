import type { SnapshotPart } from '../kernel/define.ts';
import { OrderEntity } from './entities.ts';
import { openStates } from './machine.ts';
import { withLines } from './rows.ts';
import { orderLimits } from './settings.ts';
import { orderView, type OrderSide } from './views.ts';

/** Open orders and those changed lately, the newest first. */
export const orderSnapshot: SnapshotPart = {
  entity: 'order',
  async load({ db, userId, now }) {
    const recent = new Date(now.getTime() - orderLimits.snapshotDays * 86_400_000);
    const orders = await db.find(
      OrderEntity,
      {
        $and: [
          { $or: [{ buyerId: userId }, { sellerId: userId }] },
          { $or: [{ state: { $in: [...openStates] } }, { updatedAt: { $gte: recent } }] },
        ],
      },
      { orderBy: { updatedAt: 'desc', id: 'desc' }, limit: orderLimits.snapshotMax },
    );
    const side = (buyerId: string): OrderSide => (buyerId === userId ? 'buyer' : 'seller');
    return (await withLines(db, orders)).map((found) => orderView(found, side(found.order.buyerId)) as never);
  },
};
