import type { SnapshotPart } from '../kernel/define.ts';
import { PayoutEntity } from './entities.ts';
import { payoutLimits } from './settings.ts';
import { payoutView } from './views.ts';

/** Payouts on their way and those changed lately, the newest first. */
export const payoutSnapshot: SnapshotPart = {
  entity: 'payout',
  async load({ db, userId, now }) {
    const recent = new Date(now.getTime() - payoutLimits.snapshotDays * 86_400_000);
    const payouts = await db.find(
      PayoutEntity,
      { userId, $or: [{ state: { $in: ['pending', 'processing'] } }, { updatedAt: { $gte: recent } }] },
      { orderBy: { updatedAt: 'desc', id: 'desc' }, limit: payoutLimits.snapshotMax },
    );
    return payouts.map((payout) => payoutView(payout) as never);
  },
};
