import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { changeOwnSide, lockConversation } from '../conversations.ts';
import { ConversationId } from '../entities.ts';
import { conversationChanged } from '../events.ts';
import { ConversationView, roleOf } from '../views.ts';

export const mute = defineCommand({
  name: 'conversations.mute',
  access: 'user',
  summary: 'Stop or resume notifications of a conversation. Its messages arrive all the same.',
  input: z.strictObject({ conversationId: ConversationId, muted: z.boolean().default(true) }),
  output: ConversationView,
  errors: ['conversations.not_found'],
  emits: [conversationChanged],
  async run({ input, actor, tx, fail }) {
    const { userId } = actor;
    const conversation = await lockConversation(tx.db, input.conversationId, userId);
    if (!conversation) return fail('conversations.not_found');
    const field = roleOf(conversation, userId) === 'buyer' ? 'buyerMuted' : 'sellerMuted';
    return changeOwnSide(tx, conversation, { userId, field, value: input.muted });
  },
});
