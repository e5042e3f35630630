import { LockMode } from '@mikro-orm/core';
import type { z } from 'zod';
import type { Db, Tx } from '../kernel/define.ts';
import type { UserId } from '../kernel/ids.ts';
import { bumpSide, findConversation, lastMessages } from './conversations.ts';
import { ConversationEntity, MessageEntity, type Conversation, type Message } from './entities.ts';
import { messageRemoved } from './events.ts';
import { conversationView, messageView, type MessageView } from './views.ts';

/** Leaves a mark in the place of a message and tells both sides. The conversation must be locked. */
export async function takeMessageBack(
  tx: Tx,
  { message, conversation }: { message: Message; conversation: Conversation },
): Promise<z.input<typeof MessageView>> {
  Object.assign(message, { text: null, images: [], warnings: [], removedAt: await tx.now() });
  await tx.db.flush();
  const change = { message: messageView(tx, message) };
  const last = (await lastMessages(tx.db, [conversation])).get(conversation.id) ?? null;
  for (const side of [conversation.buyerId, conversation.sellerId]) {
    bumpSide(conversation, side);
    tx.emit(messageRemoved, side, { view: conversationView(conversation, side, last), change });
  }
  return change.message;
}

/** A person's message, as a side of its conversation reads it; null for everybody else, and once it is removed. */
export async function readMessage(
  db: Db,
  { messageId, userId }: { messageId: string; userId: string },
): Promise<(Message & { senderId: UserId }) | null> {
  const message = await db.findOne(MessageEntity, { id: messageId });
  if (!message?.senderId || message.removedAt || !['text', 'image'].includes(message.kind)) return null;
  const isSide = await findConversation(db, message.conversationId, userId);
  return isSide ? (message as Message & { senderId: UserId }) : null;
}

/** Removes a message for moderators, whenever it was sent. False when it is gone already. */
export async function removeMessage(tx: Tx, messageId: string): Promise<boolean> {
  const message = await tx.db.findOne(MessageEntity, { id: messageId });
  if (!message) return false;
  const lock = { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true } as const;
  const conversation = await tx.db.findOneOrFail(ConversationEntity, { id: message.conversationId }, lock);
  await tx.db.refresh(message);
  if (message.removedAt) return false;
  await takeMessageBack(tx, { message, conversation });
  return true;
}
