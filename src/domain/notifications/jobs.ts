import { defineSweep } from '../kernel/define.ts';
import { limits } from '../kernel/limits.ts';
import { sendDigests } from './commands/digest.ts';
import { pruneNotifications } from './commands/prune.ts';
import { tellNotices } from './commands/tell.ts';
import { notificationLimits } from './settings.ts';

export const tellNoticesJob = defineSweep({
  name: 'notifications.tell',
  everySeconds: 3,
  batch: notificationLimits.peopleBatch,
  isPatient: true,
  command: tellNotices,
  summary: tellNotices.summary,
});

export const sendDigestsJob = defineSweep({
  name: 'notifications.digest',
  everySeconds: 60,
  batch: notificationLimits.peopleBatch,
  command: sendDigests,
  summary: sendDigests.summary,
});

export const pruneNotificationsJob = defineSweep({
  name: 'notifications.prune',
  everySeconds: 3_600,
  batch: limits.sweepBatch,
  command: pruneNotifications,
  summary: pruneNotifications.summary,
});
