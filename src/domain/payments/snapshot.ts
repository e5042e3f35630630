import type { SnapshotPart } from '../kernel/define.ts';
import { PaymentEntity } from './entities.ts';
import { openStates } from './machine.ts';
import { paymentLimits } from './settings.ts';
import { paymentView } from './views.ts';

/** Attempts under way and those changed lately, the newest first. */
export const paymentSnapshot: SnapshotPart = {
  entity: 'payment',
  async load({ db, userId, now }) {
    const recent = new Date(now.getTime() - paymentLimits.snapshotDays * 86_400_000);
    const payments = await db.find(
      PaymentEntity,
      { payerId: userId, $or: [{ state: { $in: [...openStates] } }, { updatedAt: { $gte: recent } }] },
      { orderBy: { updatedAt: 'desc', id: 'desc' }, limit: paymentLimits.snapshotMax },
    );
    return payments.map((payment) => paymentView(payment) as never);
  },
};
