import { z } from 'zod';
import { defineCommand, type Tx } from '../../kernel/define.ts';
import type { UserId } from '../../kernel/ids.ts';
import { bumpSide, lastMessages, lockConversation } from '../conversations.ts';
import { ConversationId, MessageEntity, type Conversation } from '../entities.ts';
import { conversationChanged } from '../events.ts';
import { ConversationView, conversationView, otherOf, roleOf } from '../views.ts';

export const markRead = defineCommand({
  name: 'messages.markRead',
  access: 'user',
  ratePerMinute: 240,
  summary: 'Mark messages as read up to a number; the other side gets a receipt. Never goes back.',
  input: z.strictObject({ conversationId: ConversationId, upToSeq: z.int().min(0) }),
  output: ConversationView,
  errors: ['conversations.not_found'],
  emits: [conversationChanged],
  async run({ input, actor, tx, fail }) {
    const { userId } = actor;
    const conversation = await lockConversation(tx.db, input.conversationId, userId);
    if (!conversation) return fail('conversations.not_found');
    const last = (await lastMessages(tx.db, [conversation])).get(conversation.id) ?? null;
    const upToSeq = Math.min(input.upToSeq, conversation.lastSeq);
    const { readUpToSeq } = conversationView(conversation, userId, last);
    if (upToSeq > readUpToSeq) {
      const otherId = otherOf(conversation, userId);
      await setReadPosition(tx, conversation, { userId, upToSeq });
      for (const side of [userId, otherId]) {
        bumpSide(conversation, side);
        tx.emit(conversationChanged, side, { view: conversationView(conversation, side, last) });
      }
    }
    return conversationView(conversation, userId, last);
  },
});

async function setReadPosition(
  tx: Tx,
  conversation: Conversation,
  { userId, upToSeq }: { userId: UserId; upToSeq: number },
) {
  const unread =
    upToSeq === conversation.lastSeq
      ? 0
      : await tx.db.count(MessageEntity, {
          conversationId: conversation.id,
          seq: { $gt: upToSeq },
          $or: [{ senderId: null }, { senderId: { $ne: userId } }],
        });
  const position =
    roleOf(conversation, userId) === 'buyer'
      ? { buyerReadSeq: upToSeq, buyerUnread: unread }
      : { sellerReadSeq: upToSeq, sellerUnread: unread };
  Object.assign(conversation, position);
}
