import { sql } from 'kysely';
import type { Tx } from '../kernel/define.ts';
import { newId, type UserId } from '../kernel/ids.ts';
import type { Channel } from './channel.ts';
import { deliveryJobs } from './jobs.ts';
import type { Locale, TemplateKey, TemplateParams } from './templates.ts';

/** A message to somebody's mailbox, phone, device or Telegram chat. */
export interface Message<Key extends TemplateKey = TemplateKey> {
  readonly channel: Channel;
  /** An e-mail address, an E.164 number, the id of a registered device, or a Telegram chat id. */
  readonly recipient: string;
  readonly userId: UserId | null;
  readonly locale: Locale;
  readonly template: Key;
  readonly params: TemplateParams[Key];
  /** Names the fact: a second message with the same key is not sent. */
  readonly onceKey: string;
  /** When it is of no use any more, such as a code that has expired. */
  readonly expiresAt: Date;
  /** Default now. */
  readonly dueAt?: Date;
  /** IANA name of the zone in which times are written; default UTC. */
  readonly timezone?: string;
}

/** A message whose text comes from a stored notice: its params were typed where the notice was made. */
export interface NoticeMessage extends Omit<Message, 'template' | 'params'> {
  readonly template: string;
  readonly params: Readonly<Record<string, string | number>>;
  readonly userId: UserId;
  /** What it is about: a message about the same thing that still waits for its first attempt is superseded. */
  readonly about: string;
  /** Of an e-mail: where it is turned off without signing in (RFC 8058). Left out of what is never turned off. */
  readonly unsubscribeUrl?: string | undefined;
}

/** Puts a message in the outbox, in the transaction of its reason; it leaves after the commit. */
export async function enqueueMessage<Key extends TemplateKey>(tx: Tx, message: Message<Key>): Promise<void> {
  await insert(tx, { ...message, params: message.params, about: null });
}

/** The same for what people may switch off. The newest message about a thing takes the place of those that wait. */
export async function enqueueNotice(tx: Tx, message: NoticeMessage): Promise<void> {
  const { userId, channel, recipient, about } = message;
  const now = (await tx.now()).toISOString();
  await sql`
    update outgoing_message set state = 'superseded', params = '{}', unsubscribe_url = null, version = version + 1,
      updated_at = ${now}
    where user_id = ${userId} and about = ${about} and state = 'queued' and attempts = 0
      and channel = ${channel} and recipient = ${recipient}`.execute(tx.sql);
  await insert(tx, message);
}

/** Takes back what waits to be sent to a person about a thing: they have seen it. What is on its way arrives. */
export async function withdrawNotices(
  tx: Tx,
  { userId, about }: Pick<NoticeMessage, 'userId' | 'about'>,
): Promise<void> {
  const now = (await tx.now()).toISOString();
  await sql`
    update outgoing_message set state = 'superseded', params = '{}', unsubscribe_url = null, version = version + 1,
      updated_at = ${now}
    where user_id = ${userId} and about = ${about} and state = 'queued'`.execute(tx.sql);
}

async function insert(
  tx: Tx,
  message: Omit<NoticeMessage, 'params' | 'userId' | 'about'> & {
    params: object;
    userId: UserId | null;
    about: string | null;
  },
): Promise<void> {
  const now = (await tx.now()).toISOString();
  const { channel, recipient, userId, template, locale, timezone = 'UTC', params, onceKey, about } = message;
  await sql`
    insert into outgoing_message (id, channel, recipient, user_id, template, locale, timezone, params, about,
      unsubscribe_url, once_key, state, attempts, doubts, version, due_at, expires_at, created_at, updated_at)
    values (${newId()}, ${channel}, ${recipient}, ${userId}, ${template}, ${locale}, ${timezone},
      ${JSON.stringify(params)}::text::jsonb, ${about}, ${message.unsubscribeUrl ?? null}, ${onceKey},
      'queued', 0, 0, 1, ${message.dueAt?.toISOString() ?? now}::timestamptz,
      ${message.expiresAt.toISOString()}::timestamptz, ${now}::timestamptz, ${now}::timestamptz)
    on conflict (once_key) do nothing`.execute(tx.sql);
  tx.nudge(deliveryJobs[channel]);
}
