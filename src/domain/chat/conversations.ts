import { LockMode } from '@mikro-orm/core';
import { sql } from 'kysely';
import type { z } from 'zod';
import type { Db, Sql, Tx } from '../kernel/define.ts';
import { newId, type UserId } from '../kernel/ids.ts';
import { ConversationEntity, MessageEntity, type Conversation, type Message } from './entities.ts';
import { conversationChanged } from './events.ts';
import { conversationView, roleOf, type ConversationView } from './views.ts';

/** A conversation that this person is a side of, or null. */
export async function findConversation(db: Db, id: string, userId: string): Promise<Conversation | null> {
  return db.findOne(ConversationEntity, mine(id, userId));
}

export async function lockConversation(db: Db, id: string, userId: string): Promise<Conversation | null> {
  return db.findOne(ConversationEntity, mine(id, userId), { lockMode: LockMode.PESSIMISTIC_WRITE });
}

function mine(id: string, userId: string) {
  return { id: id, $or: [{ buyerId: userId }, { sellerId: userId }] };
}

/** The newest message of each conversation, by conversation id. */
export async function lastMessages(db: Db, conversations: readonly Conversation[]): Promise<Map<string, Message>> {
  if (conversations.length === 0) return new Map();
  const keys = conversations.map(({ id, lastSeq }) => ({ conversationId: id, seq: lastSeq }));
  const messages = await db.find(MessageEntity, { $or: keys });
  return new Map(messages.map((message) => [message.conversationId, message]));
}

/**
 * The conversation of a buyer with a listing's seller; opened when there is none. Whether the listing may be talked
 * about is the caller's question. The seller hears of it with its first message, not before.
 */
export async function openConversation(
  tx: Tx,
  about: { listingId: string; subject: string; buyerId: UserId; sellerId: UserId },
): Promise<Conversation> {
  const now = (await tx.now()).toISOString();
  const opened = await sql`
    insert into conversation (id, listing_id, subject, buyer_id, seller_id, last_seq, active_at, created_at,
      buyer_version, buyer_unread, buyer_read_seq, buyer_receipt_seq, buyer_archived, buyer_muted,
      seller_version, seller_unread, seller_read_seq, seller_receipt_seq, seller_archived, seller_muted)
    values (${newId()}, ${about.listingId}, ${about.subject}, ${about.buyerId}, ${about.sellerId}, 0,
      ${now}::timestamptz, ${now}::timestamptz, 1, 0, 0, 0, false, false, 1, 0, 0, 0, false, false)
    on conflict (listing_id, buyer_id) do nothing`.execute(tx.sql);
  const { listingId, buyerId } = about;
  const conversation = await tx.db.findOneOrFail(ConversationEntity, { listingId, buyerId });
  if (Number(opened.numAffectedRows) === 1) {
    tx.emit(conversationChanged, buyerId, { view: conversationView(conversation, buyerId, null) });
  }
  return conversation;
}

/** Sets a field that only its owner sees and tells their devices. Setting what is set already changes nothing. */
export async function changeOwnSide(
  tx: Tx,
  conversation: Conversation,
  { userId, field, value }: { userId: UserId; field: OwnField; value: boolean },
): Promise<z.input<typeof ConversationView>> {
  const last = (await lastMessages(tx.db, [conversation])).get(conversation.id) ?? null;
  if (conversation[field] !== value) {
    conversation[field] = value;
    bumpSide(conversation, userId);
    tx.emit(conversationChanged, userId, { view: conversationView(conversation, userId, last) });
  }
  return conversationView(conversation, userId, last);
}

type OwnField = 'buyerArchived' | 'sellerArchived' | 'buyerMuted' | 'sellerMuted';

/** Each side's view has a version of its own: a side is not told of what only the other can see. */
export function bumpSide(conversation: Conversation, userId: UserId): void {
  if (roleOf(conversation, userId) === 'buyer') conversation.buyerVersion += 1;
  else conversation.sellerVersion += 1;
}

/** Which of these people share a conversation with the user. */
export async function conversationPartners(db: Sql, userId: string, ids: readonly string[]): Promise<Set<string>> {
  const others = sql`any(${`{${ids.join(',')}}`}::uuid[])`;
  const { rows } = await sql<{ id: string }>`
    select seller_id::text as id from conversation where buyer_id = ${userId} and seller_id = ${others}
    union
    select buyer_id::text from conversation where seller_id = ${userId} and buyer_id = ${others}`.execute(db);
  return new Set(rows.map(({ id }) => id));
}
