import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { lockConversation } from '../conversations.ts';
import { takeMessageBack } from '../taking-back.ts';
import { MessageEntity, MessageId } from '../entities.ts';
import { messageRemoved } from '../events.ts';
import { MessageView, messageView } from '../views.ts';

const removableMs = 15 * 60_000;

export const remove = defineCommand({
  name: 'messages.remove',
  access: 'user',
  ratePerMinute: 60,
  summary: 'Take back a message of yours within 15 minutes; a mark stays in its place.',
  input: z.strictObject({ messageId: MessageId }),
  output: MessageView,
  errors: ['messages.not_found', 'messages.not_own', 'messages.too_late'],
  emits: [messageRemoved],
  async run({ input, actor, tx, fail }) {
    const message = await tx.db.findOne(MessageEntity, { id: input.messageId });
    const conversation = message && (await lockConversation(tx.db, message.conversationId, actor.userId));
    if (!conversation) return fail('messages.not_found');
    await tx.db.refresh(message);
    if (message.senderId !== actor.userId || (message.kind !== 'text' && message.kind !== 'image'))
      return fail('messages.not_own');
    if (message.removedAt) return messageView(tx, message);
    const now = await tx.now();
    if (now.getTime() >= message.at.getTime() + removableMs) return fail('messages.too_late');
    return takeMessageBack(tx, { message, conversation });
  },
});
