import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { Timestamp } from '../../kernel/timestamp.ts';
import { blockedAmong } from '../../trust/index.ts';
import { findConversation } from '../conversations.ts';
import { ConversationId } from '../entities.ts';
import { typing } from '../events.ts';
import { otherOf } from '../views.ts';

/** Clients repeat the call while the person keeps typing; silence ends it without another message. */
const typingMs = 5_000;

/** A query: it stores nothing and its signal may be lost. */
export const setTyping = defineQuery({
  name: 'typing.set',
  access: 'user',
  summary: 'Show the other side for 5 seconds that you are typing.',
  input: z.strictObject({ conversationId: ConversationId }),
  output: z.object({ until: Timestamp }),
  errors: ['conversations.not_found', 'conversations.unavailable'],
  async run({ input, actor, db, sql, now, signal, fail }) {
    const { conversationId } = input;
    const conversation = await findConversation(db, conversationId, actor.userId);
    if (!conversation) return fail('conversations.not_found');
    const otherId = otherOf(conversation, actor.userId);
    if ((await blockedAmong(sql, actor.userId, [otherId])).size > 0) return fail('conversations.unavailable');
    const until = new Date((await now()).getTime() + typingMs).toISOString();
    signal(typing, `user:${otherId}`, { conversationId, userId: actor.userId, until });
    return { until };
  },
});
