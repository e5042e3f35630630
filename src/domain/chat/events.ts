import { z } from 'zod';
import { defineEvent, defineSignal } from '../kernel/define.ts';
import { UserId } from '../kernel/ids.ts';
import { Timestamp } from '../kernel/timestamp.ts';
import { ConversationId } from './entities.ts';
import { ConversationView, MessageView } from './views.ts';

/** To both sides, so that the sender's other devices have it too: one event says all that a new message changes. */
export const messageSent = defineEvent({
  type: 'message.sent',
  entity: 'conversation',
  view: ConversationView,
  change: z.object({ message: MessageView }),
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
  change: z.undefined(),
});

export const typing = defineSignal({
  type: 'typing',
  data: z.object({ conversationId: ConversationId, userId: UserId, until: Timestamp }),
});
