import { LockMode } from '@mikro-orm/core';
import { sql } from 'kysely';
import type { Tx } from '../kernel/define.ts';
import type { UserId } from '../kernel/ids.ts';
import { exportRowsMax, formerName, type PersonalData } from '../kernel/personal-data.ts';
import { OrderEntity } from './entities.ts';
import { orderChanged } from './events.ts';
import { withLines } from './rows.ts';
import { orderLimits } from './settings.ts';
import { orderView, sideOf } from './views.ts';

export const ordersPersonal: PersonalData = {
  async export({ sql: plain, userId }) {
    const { rows } = await sql`
      select o.id, o.group_id as "orderGroupId",
             case when o.buyer_id = ${userId} then 'buyer' else 'seller' end as role,
             o.state, o.currency, o.total_minor::text as "totalMinor", o.delivery_method as "deliveryMethod", o.reason,
             case when o.buyer_id = ${userId} then o.address end as address,
             o.placed_at as "placedAt", o.created_at as "createdAt",
             (select jsonb_agg(jsonb_build_object('title', l.title, 'quantity', l.quantity,
                                                 'totalMinor', l.total_minor))
              from order_line l where l.order_id = o.id) as lines
      from sub_order o where o.buyer_id = ${userId} or o.seller_id = ${userId}
      order by o.created_at desc, o.id desc limit ${exportRowsMax}`.execute(plain);
    return { orders: rows };
  },
  /** Money is held or goods are on their way until an order has ended on either side, its refund included. */
  async blockers(tx, userId) {
    const { rows } = await sql<{ what: string }>`
      select distinct case when refund_state in ('due', 'pending') then 'refunds' else 'orders' end as what
      from sub_order
      where (buyer_id = ${userId} or seller_id = ${userId})
        and (state not in ('completed', 'payment_expired', 'rejected', 'cancelled', 'returned', 'refunded')
             or refund_state in ('due', 'pending'))`.execute(tx.sql);
    return rows.map(({ what }) => what);
  },
  async forget(tx, userId) {
    await tellRecent(tx, userId);
    await sql`
      update sub_order set
        buyer_name = case when buyer_id = ${userId} then ${formerName} else buyer_name end,
        address = case when buyer_id = ${userId} then null else address end,
        seller_name = case when seller_id = ${userId} then ${formerName} else seller_name end
      where buyer_id = ${userId} or seller_id = ${userId}`.execute(tx.sql);
  },
};

/** Orders that the other side still has on its device change their view there too; older ones are read when asked. */
async function tellRecent(tx: Tx, userId: UserId): Promise<void> {
  const since = new Date((await tx.now()).getTime() - orderLimits.snapshotDays * 86_400_000);
  const recent = await tx.db.find(
    OrderEntity,
    { $or: [{ buyerId: userId }, { sellerId: userId }], updatedAt: { $gte: since } },
    { orderBy: { id: 'asc' }, lockMode: LockMode.PESSIMISTIC_WRITE },
  );
  for (const order of recent) {
    if (order.buyerId === userId) Object.assign(order, { buyerName: formerName, address: null });
    if (order.sellerId === userId) order.sellerName = formerName;
    order.version += 1;
  }
  await tx.db.flush();
  for (const found of await withLines(tx.db, recent)) {
    const other = found.order.buyerId === userId ? found.order.sellerId : found.order.buyerId;
    const view = orderView(found, sideOf(found.order, other) ?? 'buyer');
    tx.emit(orderChanged, other, { view, change: { kind: 'side_left' } });
  }
}
