import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { ConversationAnswer, describeConversations } from '../answers.ts';
import { findConversation } from '../conversations.ts';
import { ConversationId } from '../entities.ts';

export const getConversation = defineQuery({
  name: 'conversations.get',
  access: 'user',
  summary: 'One of your conversations.',
  input: z.strictObject({ conversationId: ConversationId }),
  output: ConversationAnswer,
  errors: ['conversations.not_found'],
  async run({ input, actor, db, port, fail }) {
    const conversation = await findConversation(db, input.conversationId, actor.userId);
    if (!conversation) return fail('conversations.not_found');
    return (await describeConversations({ db, port }, actor.userId, [conversation]))[0]!;
  },
});
