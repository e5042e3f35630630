import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { cutPage, decodeCursor, page, pageInput } from '../../kernel/pagination.ts';
import { NotificationEntity, NotificationId } from '../entities.ts';
import { unreadCount } from '../unread.ts';
import { NotificationView, notificationView } from '../views.ts';

export const listNotifications = defineQuery({
  name: 'notifications.list',
  access: 'user',
  summary: 'What you were told, the newest first.',
  input: z.strictObject({ unread: z.boolean().default(false).describe('Only unread ones.'), ...pageInput }),
  output: page(NotificationView).extend({ unread: z.int().describe('How many are unread in all.') }),
  errors: [],
  async run({ input: { unread, cursor, limit }, actor: { userId }, db }) {
    const after = decodeCursor(cursor, z.tuple([NotificationId]))?.[0];
    const rows = await db.find(
      NotificationEntity,
      { userId, ...(unread ? { readAt: null } : {}), ...(after && { id: { $lt: after } }) },
      { orderBy: { id: 'desc' }, limit: limit + 1 },
    );
    const listed = cutPage(rows, limit, { item: notificationView, key: ({ id }) => [id] });
    return { ...listed, unread: await unreadCount(db, userId) };
  },
});
