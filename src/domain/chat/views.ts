import { z } from 'zod';
import { UserId } from '../kernel/ids.ts';
import { AmountMinor, Currency } from '../kernel/money.ts';
import { orNull } from '../kernel/or-null.ts';
import type { Port } from '../kernel/ports.ts';
import { iso, Timestamp } from '../kernel/timestamp.ts';
import { ImageView, imageUrls, objectStorePort } from '../media/index.ts';
import { messageWarnings } from './warnings.ts';
import { ConversationId, MessageId, messageKinds, type Conversation, type Message } from './entities.ts';

/** Longer texts are cut in a conversation's `lastMessage`, so that a snapshot of 200 conversations stays small. */
const previewChars = 140;

/** What an `offer` or `system` message tells: the thing that moved, how, and its terms at that moment. */
export const About = z.strictObject({
  entity: z.enum(['offer', 'order']),
  id: z.uuid(),
  move: z.string(),
  round: z.int().optional(),
  quantity: z.int().optional(),
  amountMinor: AmountMinor.optional(),
  currency: Currency.optional(),
});
export type About = z.infer<typeof About>;

export const MessageView = z.object({
  id: MessageId,
  conversationId: ConversationId,
  seq: z.int().describe('1, 2, 3 … in this conversation, without a gap'),
  kind: z.enum(messageKinds),
  senderId: orNull(UserId).describe('null: the server'),
  text: orNull(z.string()),
  images: z.array(ImageView),
  replyTo: orNull(MessageId),
  about: orNull(About),
  at: Timestamp,
  removed: z.boolean(),
  warnings: z.array(z.enum(messageWarnings)).describe('What the text holds that the reader should be careful with.'),
});

const LastMessage = MessageView.pick({
  id: true,
  seq: true,
  kind: true,
  senderId: true,
  text: true,
  at: true,
  removed: true,
}).describe(`The newest message, its text cut at ${previewChars} characters.`);

/**
 * A conversation as one side sees it. Every event of this area pushes this view and no other: messages travel in the
 * event's `change`, so folding events leaves exactly the conversations of a snapshot, whose size is bounded.
 * A client that lost messages sees it by `lastSeq` and asks `messages.list` for what is after its own.
 */
export const ConversationView = z.object({
  id: ConversationId,
  version: z.int(),
  listingId: z.uuid(),
  subject: z.string().describe("The listing's title when the conversation was opened."),
  role: z.enum(['buyer', 'seller']),
  otherUserId: UserId,
  lastSeq: z.int(),
  lastMessage: orNull(LastMessage),
  activeAt: Timestamp,
  unread: z.int(),
  readUpToSeq: z.int(),
  otherReadUpToSeq: z.int(),
  archived: z.boolean(),
  muted: z.boolean(),
  allowedActions: z.array(z.string()),
});

export type Role = z.infer<typeof ConversationView>['role'];

/** What views need beside rows: where images are served. */
export interface Ported {
  port<T>(port: Port<T>): T;
}

export function messageView({ port }: Ported, message: Message): z.input<typeof MessageView> {
  const { id, conversationId, seq, kind, senderId, text, replyTo, about, at, removedAt } = message;
  const images = message.images.map((image) => ({ id: image.id, ...imageUrls(port(objectStorePort), image.prefix) }));
  return {
    id,
    conversationId,
    seq,
    kind,
    senderId,
    text,
    images: images,
    replyTo,
    about,
    at: iso(at),
    removed: Boolean(removedAt),
    warnings: message.warnings,
  };
}

export function roleOf(conversation: Conversation, userId: string): Role {
  return conversation.buyerId === userId ? 'buyer' : 'seller';
}

export function otherOf(conversation: Conversation, userId: string): UserId {
  return conversation.buyerId === userId ? conversation.sellerId : conversation.buyerId;
}

/** `last` is the message with `seq = lastSeq`, null in a conversation without messages. */
export function conversationView(
  conversation: Conversation,
  viewerId: string,
  last: Message | null,
): z.input<typeof ConversationView> {
  const { id, listingId, subject, lastSeq, activeAt } = conversation;
  const role = roleOf(conversation, viewerId);
  const { receiptSeq: _, ...own } = sideOf(conversation, role);
  const other = sideOf(conversation, role === 'buyer' ? 'seller' : 'buyer');
  return {
    id,
    listingId,
    subject,
    role,
    lastSeq,
    ...own,
    otherUserId: otherOf(conversation, viewerId),
    otherReadUpToSeq: other.receiptSeq,
    lastMessage: last && lastMessage(last),
    activeAt: iso(activeAt),
    allowedActions: [
      'messages.send',
      'typing.set',
      'conversations.mute',
      own.archived ? 'conversations.unarchive' : 'conversations.archive',
      ...(own.unread > 0 ? ['messages.markRead'] : []),
    ],
  };
}

/** What the row holds for one side alone. */
function sideOf(row: Conversation, role: Role) {
  if (role === 'buyer') {
    const { buyerVersion: version, buyerUnread: unread, buyerReadSeq: readUpToSeq, buyerReceiptSeq: receiptSeq } = row;
    return { version, unread, readUpToSeq, receiptSeq, archived: row.buyerArchived, muted: row.buyerMuted };
  }
  const {
    sellerVersion: version,
    sellerUnread: unread,
    sellerReadSeq: readUpToSeq,
    sellerReceiptSeq: receiptSeq,
  } = row;
  return { version, unread, readUpToSeq, receiptSeq, archived: row.sellerArchived, muted: row.sellerMuted };
}

function lastMessage(message: Message): z.input<typeof LastMessage> {
  const { id, seq, kind, senderId, text, at, removedAt } = message;
  return {
    id,
    seq,
    kind,
    senderId,
    at: iso(at),
    removed: Boolean(removedAt),
    text: text && preview(text, previewChars),
  };
}

/** Cuts between characters, never inside a surrogate pair. */
export function preview(text: string, chars: number): string {
  return text.length <= chars
    ? text
    : `${text
        .slice(0, chars - 1)
        .toWellFormed()
        .replace(/\uFFFD$/, '')}…`;
}
