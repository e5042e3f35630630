import { z } from 'zod';
import { defineEvent, defineSignal, type Notice } from '../kernel/define.ts';
import { UserId } from '../kernel/ids.ts';
import { Timestamp } from '../kernel/timestamp.ts';
import { ConversationId } from './entities.ts';
import { ConversationView, MessageView, preview } from './views.ts';

const noticeChars = 100;

/** To both sides, so that the sender's other devices have it too: one event says all that a new message changes. */
export const messageSent = defineEvent({
  type: 'message.sent',
  entity: 'conversation',
  view: ConversationView,
  change: z.object({ message: MessageView }),
  notice: ({ view, change, to }) => (change ? messageNotice(view, change.message, to) : null),
});

export const messageRemoved = defineEvent({
  type: 'message.removed',
  entity: 'conversation',
  view: ConversationView,
  change: z.object({ message: MessageView }),
});

/** Opened, read (own or the other side's receipt), archived or muted. */
export const conversationChanged = defineEvent({
  type: 'conversation.changed',
  entity: 'conversation',
  view: ConversationView,
  /** Set for whoever has read. */
  change: z.object({ kind: z.literal('read') }),
  notice: ({ view, change }) =>
    change && view.unread === 0 ? { clears: { entity: 'conversation', id: view.id } } : null,
});

export const typing = defineSignal({
  type: 'typing',
  data: z.object({ conversationId: ConversationId, userId: UserId, until: Timestamp }),
});

/** To the one who got it, unless they muted the conversation. Moves of offers and orders tell of themselves. */
function messageNotice(
  { id, subject, muted }: z.infer<typeof ConversationView>,
  { kind, senderId, text, images }: z.infer<typeof MessageView>,
  to: string,
): Notice | null {
  if (muted || senderId === to || (kind !== 'text' && kind !== 'image')) return null;
  const about = { entity: 'conversation', id };
  const isText = text !== null && text !== undefined;
  return isText
    ? { topic: 'messages', template: 'message.text', params: { subject, preview: preview(text, noticeChars) }, about }
    : { topic: 'messages', template: 'message.image', params: { subject, count: images.length }, about };
}
