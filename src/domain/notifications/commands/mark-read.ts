import { LockMode } from '@mikro-orm/core';
import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { bump } from '../../kernel/machine.ts';
import { NotificationEntity, NotificationId } from '../entities.ts';
import { notificationChanged } from '../events.ts';
import { notificationLimits } from '../settings.ts';
import { unreadCount } from '../unread.ts';
import { notificationView } from '../views.ts';

const { markReadMax } = notificationLimits;

export const markNotificationsRead = defineCommand({
  name: 'notifications.markRead',
  access: 'user',
  summary: `Mark notifications as read: these, or all up to one; at most ${markReadMax} a call, the newest first.`,
  input: z
    .strictObject({
      ids: z.array(NotificationId).min(1).max(markReadMax).optional(),
      upTo: NotificationId.optional().describe('This one and all older ones.'),
    })
    .refine(({ ids, upTo }) => (ids === undefined) !== (upTo === undefined), 'expected either ids or upTo'),
  output: z.object({ marked: z.int(), unread: z.int() }),
  errors: [],
  emits: [notificationChanged],
  async run({ input: { ids, upTo }, actor: { userId }, tx }) {
    const which = ids ? { id: { $in: ids } } : { id: { $lte: upTo! } };
    const rows = await tx.db.find(
      NotificationEntity,
      { userId, readAt: null, ...which },
      { orderBy: { id: 'desc' }, limit: markReadMax, lockMode: LockMode.PESSIMISTIC_WRITE },
    );
    const now = await tx.now();
    for (const row of rows) {
      row.readAt = now;
      bump(row, now);
      tx.emit(notificationChanged, userId, { view: notificationView(row) });
    }
    await tx.db.flush();
    return { marked: rows.length, unread: await unreadCount(tx.db, userId) };
  },
});
