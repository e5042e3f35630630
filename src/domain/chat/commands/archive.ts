import { z } from 'zod';
import { defineCommand, type Tx } from '../../kernel/define.ts';
import type { UserId } from '../../kernel/ids.ts';
import { changeOwnSide, lockConversation } from '../conversations.ts';
import { ConversationId, type Conversation } from '../entities.ts';
import { conversationChanged } from '../events.ts';
import { ConversationView, roleOf } from '../views.ts';

const shared = {
  access: 'user',
  input: z.strictObject({ conversationId: ConversationId }),
  output: ConversationView,
  errors: ['conversations.not_found'],
  emits: [conversationChanged],
} as const;

export const archive = defineCommand({
  ...shared,
  name: 'conversations.archive',
  summary: 'Put a conversation away until its next message.',
  async run({ input, actor, tx, fail }) {
    const conversation = await lockConversation(tx.db, input.conversationId, actor.userId);
    return conversation
      ? setArchived(tx, conversation, { userId: actor.userId, archived: true })
      : fail('conversations.not_found');
  },
});

export const unarchive = defineCommand({
  ...shared,
  name: 'conversations.unarchive',
  summary: 'Bring a conversation back from the archive.',
  async run({ input, actor, tx, fail }) {
    const conversation = await lockConversation(tx.db, input.conversationId, actor.userId);
    return conversation
      ? setArchived(tx, conversation, { userId: actor.userId, archived: false })
      : fail('conversations.not_found');
  },
});

function setArchived(tx: Tx, conversation: Conversation, { userId, archived }: { userId: UserId; archived: boolean }) {
  const field = roleOf(conversation, userId) === 'buyer' ? 'buyerArchived' : 'sellerArchived';
  return changeOwnSide(tx, conversation, { userId, field, value: archived });
}
