import type { SnapshotPart } from '../kernel/define.ts';
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
