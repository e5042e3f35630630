import { z } from 'zod';
import { noticeTopics } from '../kernel/events.ts';
import { iso, Timestamp } from '../kernel/timestamp.ts';
import { NotificationId, type Notification } from './entities.ts';

/** Written in the language that the person had when it happened. */
export const NotificationView = z.object({
  id: NotificationId,
  version: z.int(),
  deleted: z.literal(true).optional(),
  topic: z.enum(noticeTopics),
  template: z.string(),
  title: z.string(),
  body: z.string(),
  about: z.object({ entity: z.string(), id: z.string() }),
  occurrences: z.int().describe('Facts it stands for: unread messages of one conversation share one.'),
  read: z.boolean(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});

export function notificationView(row: Notification): z.input<typeof NotificationView> {
  const { id, version, topic, template, title, body, aboutEntity, aboutId, occurrences } = row;
  return {
    id,
    version,
    topic,
    template,
    title,
    body,
    about: { entity: aboutEntity, id: aboutId },
    occurrences,
    read: Boolean(row.readAt),
    createdAt: iso(row.createdAt),
    updatedAt: iso(row.updatedAt),
  };
}
