import type { Db } from '../kernel/define.ts';
import type { UserId } from '../kernel/ids.ts';
import { NotificationEntity } from './entities.ts';

export async function unreadCount(db: Db, userId: UserId): Promise<number> {
  return db.count(NotificationEntity, { userId, readAt: null });
}
