import { sql } from 'kysely';
import type { SnapshotPart } from '../kernel/define.ts';
import { ChargebackEntity, type ChargebackId } from './chargeback-entities.ts';
import { withShares } from './chargeback-rows.ts';
import { chargebackView, withEvidence } from './chargeback-views.ts';
import { DisputeEntity, RefundRequestEntity } from './entities.ts';
import { openDisputeStates } from './machine.ts';
import { disputeLimits } from './settings.ts';
import { disputeView, refundRequestView, withStatements } from './views.ts';

const newest = { orderBy: { updatedAt: 'desc', id: 'desc' }, limit: disputeLimits.snapshotMax } as const;
const recentAt = (now: Date) => new Date(now.getTime() - disputeLimits.snapshotDays * 86_400_000);

/** Requests without an answer and those changed lately, the newest first. */
export const refundRequestSnapshot: SnapshotPart = {
  entity: 'refund_request',
  async load({ db, userId, now }) {
    const own = { $or: [{ buyerId: userId }, { sellerId: userId }] };
    const live = { $or: [{ state: 'requested' as const }, { updatedAt: { $gte: recentAt(now) } }] };
    const requests = await db.find(RefundRequestEntity, { $and: [own, live] }, newest);
    return requests.map((request) => refundRequestView(request, request.buyerId === userId ? 'buyer' : 'seller'));
  },
};

/** Chargebacks that are not closed and those changed lately, the newest first. */
export const chargebackSnapshot: SnapshotPart = {
  entity: 'chargeback',
  async load({ db, sql: plain, userId, now }) {
    const { rows } = await sql<{ id: ChargebackId }>`
      select c.id from chargeback c
      where (c.closed_at is null or c.updated_at >= ${recentAt(now).toISOString()}::timestamptz)
        and exists (select from chargeback_share s where s.chargeback_id = c.id and s.seller_id = ${userId})
      order by c.updated_at desc, c.id desc limit ${disputeLimits.snapshotMax}`.execute(plain);
    const chargebacks = await db.find(ChargebackEntity, { id: { $in: rows.map(({ id }) => id) } });
    const files = await withEvidence(db, await withShares(db, chargebacks));
    return files.map((file) => chargebackView(file, userId));
  },
};

/** Disputes that are not decided and those changed lately, the newest first. */
export const disputeSnapshot: SnapshotPart = {
  entity: 'dispute',
  async load({ db, userId, now }) {
    const own = { $or: [{ buyerId: userId }, { sellerId: userId }] };
    const live = { $or: [{ state: { $in: [...openDisputeStates] } }, { updatedAt: { $gte: recentAt(now) } }] };
    const files = await withStatements(db, await db.find(DisputeEntity, { $and: [own, live] }, newest));
    return files.map((file) => disputeView(file, file.dispute.buyerId === userId ? 'buyer' : 'seller'));
  },
};
