import { z } from 'zod';
import { defineCommand, type Tx } from '../../kernel/define.ts';
import type { UserId } from '../../kernel/ids.ts';
import { isBlocked } from '../../trust/index.ts';
import { bumpSide, lastMessages, lockConversation } from '../conversations.ts';
import { ConversationId, MessageEntity, type Conversation } from '../entities.ts';
import { conversationChanged } from '../events.ts';
import { ConversationView, conversationView, otherOf, roleOf } from '../views.ts';

export const markRead = defineCommand({
  name: 'messages.markRead',
  access: 'user',
  ratePerMinute: 240,
  summary: 'Mark messages as read up to a number; the other side gets a receipt, unless blocked. Never goes back.',
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
      const isTold = !(await isBlocked(tx, userId, otherId));
      await setReadPosition(tx, conversation, { userId, upToSeq, isTold });
      for (const side of isTold ? [userId, otherId] : [userId]) {
        bumpSide(conversation, side);
        const view = conversationView(conversation, side, last);
        tx.emit(conversationChanged, side, { view, ...(side === userId && { change: { kind: 'read' } }) });
      }
    }
    return conversationView(conversation, userId, last);
  },
});

async function setReadPosition(
  tx: Tx,
  conversation: Conversation,
  { userId, upToSeq, isTold }: { userId: UserId; upToSeq: number; isTold: boolean },
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
  if (!isTold) return;
  if (roleOf(conversation, userId) === 'buyer') conversation.buyerReceiptSeq = upToSeq;
  else conversation.sellerReceiptSeq = upToSeq;
}
