import { sql } from 'kysely';
import type { z } from 'zod';
import { sqlNow } from '../kernel/clock.ts';
import type { Tx } from '../kernel/define.ts';
import { newId, type UserId } from '../kernel/ids.ts';
import type { AttachedUpload } from '../media/index.ts';
import { areBlocked } from '../trust/index.ts';
import { findConversation } from './conversations.ts';
import { type Conversation, type ConversationId, type Message, type MessageId } from './entities.ts';
import { messageSent } from './events.ts';
import { warningsOf } from './warnings.ts';
import { conversationView, messageView, type About } from './views.ts';

interface Post {
  readonly conversationId: ConversationId;
  /** A side of the conversation; null for the server. */
  readonly senderId: UserId | null;
  readonly kind: Message['kind'];
  readonly text?: string | undefined;
  readonly images?: readonly AttachedUpload[] | undefined;
  readonly replyTo?: MessageId | undefined;
  readonly about?: z.infer<typeof About> | undefined;
}

/** A conversation as its entity names it. */
const columns = sql`
  id, listing_id as "listingId", subject, buyer_id as "buyerId", seller_id as "sellerId", last_seq as "lastSeq",
  (extract(epoch from active_at) * 1000)::bigint::text as "activeMs",
  buyer_version as "buyerVersion", buyer_unread as "buyerUnread",
  buyer_read_seq as "buyerReadSeq", buyer_receipt_seq as "buyerReceiptSeq",
  buyer_archived as "buyerArchived", buyer_muted as "buyerMuted",
  seller_version as "sellerVersion", seller_unread as "sellerUnread",
  seller_read_seq as "sellerReadSeq", seller_receipt_seq as "sellerReceiptSeq",
  seller_archived as "sellerArchived", seller_muted as "sellerMuted"`;

/**
 * Appends a message and tells both sides; null, having changed nothing, when the sender is no side of the conversation,
 * or when one side has blocked the other and the message is a person's word: `refusalOf` says which.
 *
 * The hot path: one statement locks the conversation, numbers the message, counts it as unread for everyone but its
 * sender, brings the conversation back from both archives and stores the message. Numbers are gap-free because the
 * row stays locked until commit. The clock may be set back, hence `greatest`: time never runs against `seq`.
 * The row passes the ORM by, whose bookkeeping would cost more than the statement.
 */
export async function postMessage(tx: Tx, post: Post): Promise<Message | null> {
  const id = newId<MessageId>();
  const { conversationId, senderId, kind, text = null, images = [], replyTo = null, about = null } = post;
  // Moves of offers and orders are asked for where they are made; their message only shows them.
  const isWord = kind === 'text' || kind === 'image';
  const warnings = isWord ? warningsOf(text) : [];
  const heard = isWord ? sql`and not ${areBlocked(sql`buyer_id`, sql`seller_id`)}` : sql``;
  const { rows } = await sql<Omit<Conversation, 'activeAt'> & { activeMs: string }>`
    with head as (
      update conversation set
        last_seq = last_seq + 1, active_at = greatest(active_at, ${sqlNow(tx.clock)}),
        buyer_version = buyer_version + 1, seller_version = seller_version + 1,
        buyer_unread = buyer_unread + (buyer_id is distinct from ${senderId}::uuid)::int,
        seller_unread = seller_unread + (seller_id is distinct from ${senderId}::uuid)::int,
        buyer_archived = false, seller_archived = false
      where id = ${conversationId} and (${senderId}::uuid is null or ${senderId}::uuid in (buyer_id, seller_id))
        ${heard}
      returning *
    ), stored as (
      insert into message (id, conversation_id, seq, kind, sender_id, text, images, reply_to, about, at, warnings)
      select ${id}, id, last_seq, ${kind}, ${senderId}, ${text}, ${JSON.stringify(images)}::text::jsonb, ${replyTo},
             ${about && JSON.stringify(about)}::text::jsonb, active_at,
             ${`{${warnings.join(',')}}`}::text[] from head
    )
    select ${columns} from head`.execute(tx.sql);
  const [row] = rows;
  if (!row) return null;
  const conversation = { ...row, activeAt: new Date(Number(row.activeMs)) };
  const message: Message = {
    id,
    conversationId,
    seq: conversation.lastSeq,
    kind,
    senderId,
    text,
    images: [...images],
    replyTo,
    about,
    at: conversation.activeAt,
    warnings,
    removedAt: null,
  };
  const change = { message: messageView(tx, message) };
  for (const userId of [conversation.buyerId, conversation.sellerId]) {
    tx.emit(messageSent, userId, { view: conversationView(conversation, userId, message), change });
  }
  return message;
}

/** Why `postMessage` did nothing. */
export async function refusalOf(
  tx: Tx,
  { conversationId, senderId }: { conversationId: ConversationId; senderId: UserId },
): Promise<'conversations.not_found' | 'conversations.unavailable'> {
  const isSide = await findConversation(tx.db, conversationId, senderId);
  return isSide ? 'conversations.unavailable' : 'conversations.not_found';
}
