import { z } from 'zod';
import { defineEvent } from '../kernel/define.ts';
import { NotificationView } from './views.ts';

/** New, joined by another fact, read or deleted. It has no notice of its own: it is what notices become. */
export const notificationChanged = defineEvent({
  type: 'notification.changed',
  entity: 'notification',
  view: NotificationView,
  change: z.undefined(),
});
