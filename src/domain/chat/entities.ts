import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import type { z } from 'zod';
import { id, type UserId } from '../kernel/ids.ts';
import type { AttachedUpload } from '../media/index.ts';
import type { About } from './views.ts';
import type { MessageWarning } from './warnings.ts';

export const ConversationId = id('ConversationId');
export type ConversationId = z.infer<typeof ConversationId>;
export const MessageId = id('MessageId');
export type MessageId = z.infer<typeof MessageId>;

export const messageKinds = ['text', 'image', 'offer', 'system'] as const;

export const ConversationEntity = defineEntity({
  name: 'Conversation',
  tableName: 'conversation',
  properties: {
    id: p.uuid().$type<ConversationId>().primary(),
    listingId: p.uuid(),
    subject: p.text(),
    buyerId: p.uuid().$type<UserId>(),
    sellerId: p.uuid().$type<UserId>(),
    lastSeq: p.integer(),
    activeAt: p.datetime(),
    buyerVersion: p.integer(),
    buyerUnread: p.integer(),
    buyerReadSeq: p.integer(),
    buyerReceiptSeq: p.integer(),
    buyerArchived: p.boolean(),
    buyerMuted: p.boolean(),
    sellerVersion: p.integer(),
    sellerUnread: p.integer(),
    sellerReadSeq: p.integer(),
    sellerReceiptSeq: p.integer(),
    sellerArchived: p.boolean(),
    sellerMuted: p.boolean(),
    createdAt: p.datetime(),
  },
});
export type Conversation = InferEntity<typeof ConversationEntity>;

export const MessageEntity = defineEntity({
  name: 'Message',
  tableName: 'message',
  properties: {
    id: p.uuid().$type<MessageId>().primary(),
    conversationId: p.uuid().$type<ConversationId>(),
    seq: p.integer(),
    kind: p.string().$type<(typeof messageKinds)[number]>(),
    senderId: p.uuid().$type<UserId>().nullable(),
    text: p.text().nullable(),
    images: p.json().$type<AttachedUpload[]>(),
    replyTo: p.uuid().$type<MessageId>().nullable(),
    about: p.json().$type<z.infer<typeof About>>().nullable(),
    at: p.datetime(),
    warnings: p.array().$type<MessageWarning[]>(),
    removedAt: p.datetime().nullable(),
  },
});
export type Message = InferEntity<typeof MessageEntity>;
