import { defineArea } from '../kernel/define.ts';
import { sendDigests } from './commands/digest.ts';
import { markNotificationsRead } from './commands/mark-read.ts';
import { pruneNotifications } from './commands/prune.ts';
import { tellNotices } from './commands/tell.ts';
import { NotificationEntity } from './entities.ts';
import { notificationChanged } from './events.ts';
import { pruneNotificationsJob, sendDigestsJob, tellNoticesJob } from './jobs.ts';
import { notificationsPersonal } from './personal.ts';
import { listNotifications } from './queries/list-notifications.ts';
import { notificationSnapshot } from './snapshot.ts';

export const notifications = defineArea({
  name: 'notifications',
  operations: [listNotifications, markNotificationsRead, tellNotices, sendDigests, pruneNotifications],
  errors: {},
  events: [notificationChanged],
  jobs: [tellNoticesJob, sendDigestsJob, pruneNotificationsJob],
  snapshots: [notificationSnapshot],
  personal: notificationsPersonal,
  entities: [NotificationEntity],
});
