import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import type { z } from 'zod';
import type { NoticeTopic } from '../kernel/events.ts';
import { id, type UserId } from '../kernel/ids.ts';

export const NotificationId = id('NotificationId');
export type NotificationId = z.infer<typeof NotificationId>;

export const NotificationEntity = defineEntity({
  name: 'Notification',
  tableName: 'notification',
  properties: {
    id: p.uuid().$type<NotificationId>().primary(),
    userId: p.uuid().$type<UserId>(),
    inboxSeq: p.bigint('number'),
    topic: p.text().$type<NoticeTopic>(),
    template: p.text(),
    title: p.text(),
    body: p.text(),
    aboutEntity: p.text(),
    aboutId: p.text(),
    occurrences: p.integer(),
    digestPending: p.boolean(),
    readAt: p.datetime().nullable(),
    version: p.integer(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
});
export type Notification = InferEntity<typeof NotificationEntity>;
