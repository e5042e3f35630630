import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { cutPage, decodeCursor, page, pageInput } from '../../kernel/pagination.ts';
import { findConversation } from '../conversations.ts';
import { ConversationId, MessageEntity } from '../entities.ts';
import { MessageView, messageView } from '../views.ts';

/** As the column holds it. */
const Seq = z
  .int()
  .min(0)
  .max(2 ** 31 - 1);

export const listMessages = defineQuery({
  name: 'messages.list',
  access: 'user',
  summary: 'Messages of a conversation, newest first; with `after`, those after a number, oldest first.',
  input: z.strictObject({ conversationId: ConversationId, after: Seq.optional(), ...pageInput }),
  output: page(MessageView),
  errors: ['conversations.not_found'],
  async run({ input, actor, db, port, fail }) {
    const { conversationId, after, limit } = input;
    if (!(await findConversation(db, conversationId, actor.userId))) return fail('conversations.not_found');
    const at = decodeCursor(input.cursor, z.tuple([Seq]))?.[0];
    const upwards = after !== undefined;
    const beyond = upwards ? { seq: { $gt: at ?? after } } : at === undefined ? {} : { seq: { $lt: at } };
    const messages = await db.find(
      MessageEntity,
      { conversationId, ...beyond },
      { orderBy: { seq: upwards ? 'asc' : 'desc' }, limit: limit + 1 },
    );
    return cutPage(messages, limit, { item: (message) => messageView({ port }, message), key: ({ seq }) => [seq] });
  },
});
