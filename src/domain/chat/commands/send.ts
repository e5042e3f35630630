import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { limits } from '../../kernel/limits.ts';
import { attachUploads } from '../../media/index.ts';
import { ConversationId, MessageEntity, MessageId } from '../entities.ts';
import { messageSent } from '../events.ts';
import { postMessage, refusalOf } from '../post-message.ts';
import { MessageView, messageView } from '../views.ts';

const imagesPerMessageMax = 10;
const Text = z.string().trim().min(1).max(limits.messageTextChars);

const input = z
  .strictObject({
    conversationId: ConversationId,
    kind: z.enum(['text', 'image']),
    text: Text.optional().describe('Required for a text; the caption of images.'),
    imageIds: z.array(z.uuid()).min(1).max(imagesPerMessageMax).optional().describe('Uploads of purpose chat.'),
    replyTo: MessageId.optional(),
  })
  .refine(({ kind, text }) => kind !== 'text' || text !== undefined, {
    path: ['text'],
    error: 'a text message needs it',
  })
  .refine(({ kind, imageIds }) => (kind === 'image') === (imageIds !== undefined), {
    path: ['imageIds'],
    error: 'an image message needs it, and no other may have it',
  });

export const send = defineCommand({
  name: 'messages.send',
  access: 'user',
  summary: 'Send a text, or up to 10 images with an optional caption.',
  input,
  output: MessageView,
  errors: [
    'uploads.not_found',
    'uploads.not_confirmed',
    'conversations.not_found',
    'conversations.unavailable',
    'messages.not_found',
  ],
  emits: [messageSent],
  async run({ input: { conversationId, kind, text, imageIds = [], replyTo }, actor, tx, fail }) {
    const images = await attachUploads(tx, { ownerId: actor.userId, uploadIds: imageIds, purpose: 'chat' });
    if (typeof images === 'string') return fail(images);
    const message = await postMessage(tx, { conversationId, senderId: actor.userId, kind, text, images, replyTo });
    if (!message) return fail(await refusalOf(tx, { conversationId, senderId: actor.userId }));
    // Only now: who is no side of the conversation must not learn which messages it holds.
    if (replyTo && !(await tx.db.count(MessageEntity, { id: replyTo, conversationId })))
      return fail('messages.not_found');
    return messageView(tx, message);
  },
});
