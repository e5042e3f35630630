import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import type { UserId } from '../kernel/ids.ts';
import type { Channel } from './channel.ts';
import type { MessageState } from './machine.ts';
import type { Locale } from './templates.ts';

export const OutgoingMessageEntity = defineEntity({
  name: 'OutgoingMessage',
  tableName: 'outgoing_message',
  properties: {
    id: p.uuid().primary(),
    channel: p.text().$type<Channel>(),
    recipient: p.text(),
    userId: p.uuid().$type<UserId>().nullable(),
    template: p.text(),
    locale: p.text().$type<Locale>(),
    timezone: p.text(),
    params: p.json().$type<Record<string, string | number>>(),
    about: p.text().nullable(),
    unsubscribeUrl: p.text().nullable(),
    onceKey: p.text(),
    state: p.text().$type<MessageState>(),
    attempts: p.integer(),
    doubts: p.integer(),
    dueAt: p.datetime(),
    claimedUntil: p.datetime().nullable(),
    expiresAt: p.datetime(),
    lastError: p.text().nullable(),
    version: p.integer(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
});
export type OutgoingMessage = InferEntity<typeof OutgoingMessageEntity>;
