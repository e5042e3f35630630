import type { SnapshotPart } from '../kernel/define.ts';
import { NotificationEntity } from './entities.ts';
import { notificationLimits } from './settings.ts';
import { notificationView } from './views.ts';

/** Unread ones and those changed lately, the newest first. */
export const notificationSnapshot: SnapshotPart = {
  entity: 'notification',
  async load({ db, userId, now }) {
    const recent = new Date(now.getTime() - notificationLimits.snapshotMs);
    const rows = await db.find(
      NotificationEntity,
      { userId, $or: [{ readAt: null }, { updatedAt: { $gte: recent } }] },
      { orderBy: { updatedAt: 'desc', id: 'desc' }, limit: notificationLimits.snapshotMax },
    );
    return rows.map(notificationView);
  },
};
