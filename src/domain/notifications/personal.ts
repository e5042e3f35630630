import { sql } from 'kysely';
import type { PersonalData } from '../kernel/personal-data.ts';
import { NotificationEntity } from './entities.ts';
import { notificationView } from './views.ts';

const exportMax = 5_000;

export const notificationsPersonal: PersonalData = {
  async export({ db, userId }) {
    const rows = await db.find(NotificationEntity, { userId }, { orderBy: { id: 'desc' }, limit: exportMax });
    return { notifications: rows.map(notificationView) };
  },
  async forget({ db, sql: tables }, userId) {
    await db.nativeDelete(NotificationEntity, { userId });
    await sql`delete from inbox_notice where user_id = ${userId}`.execute(tables);
    await sql`delete from digest where user_id = ${userId}`.execute(tables);
  },
};
