import { sql } from 'kysely';
import type { Tx } from '../kernel/define.ts';
import { newId, type UserId } from '../kernel/ids.ts';
import type { Locale, TemplateKey, TemplateParams } from './templates.ts';

export const channels = ['email', 'sms', 'push', 'telegram'] as const;
export type Channel = (typeof channels)[number];

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
}

/** Puts a message in the outbox, in the transaction of its reason; it leaves after the commit. */
export async function enqueueMessage<Key extends TemplateKey>(tx: Tx, message: Message<Key>): Promise<void> {
  const now = (await tx.now()).toISOString();
  const { channel, recipient, userId, template, locale, params, onceKey, expiresAt, dueAt } = message;
  await sql`
    insert into outgoing_message (id, channel, recipient, user_id, template, locale, params, once_key, state, attempts,
      due_at, expires_at, created_at, updated_at)
    values (${newId()}, ${channel}, ${recipient}, ${userId}, ${template}, ${locale},
      ${JSON.stringify(params)}::text::jsonb, ${onceKey}, 'queued', 0, ${dueAt?.toISOString() ?? now}::timestamptz,
      ${expiresAt.toISOString()}::timestamptz, ${now}::timestamptz, ${now}::timestamptz)
    on conflict (once_key) do nothing`.execute(tx.sql);
}
