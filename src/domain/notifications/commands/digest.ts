import { sql } from 'kysely';
import { z } from 'zod';
import { defineCommand, type Tx } from '../../kernel/define.ts';
import type { UserId } from '../../kernel/ids.ts';
import { enqueueNotice, sendersPort } from '../../outbox/index.ts';
import { preferenceSettingsPort, unsubscribeUrl, wants } from '../../preferences/index.ts';
import { NotificationEntity, type Notification } from '../entities.ts';
import { peopleOf, type Person } from '../people.ts';
import { notificationLimits } from '../settings.ts';

const { peopleBatch, digestItems, digestLines, ttlMs } = notificationLimits;

export const sendDigests = defineCommand({
  name: 'notifications.digest',
  access: 'system',
  summary: 'Send what was collected for people who want it together, where their hour has come.',
  input: z.strictObject({}),
  output: z.object({ swept: z.int() }),
  errors: [],
  async run({ tx }) {
    const now = (await tx.now()).toISOString();
    const { rows } = await sql<{ user_id: UserId; due: string }>`
      delete from digest where user_id in (
        select user_id from digest where due_at <= ${now}::timestamptz
        order by due_at limit ${peopleBatch} for update skip locked)
      returning user_id, (extract(epoch from due_at) * 1000)::bigint::text as due`.execute(tx.sql);
    const people = await peopleOf(
      tx,
      rows.map(({ user_id: userId }) => userId),
    );
    for (const { user_id: userId, due } of rows) {
      const items = await collected(tx, userId);
      const person = people.get(userId);
      if (person && items.length > 0) await sendDigest(tx, { person, items, due });
    }
    return { swept: rows.length };
  },
});

/** What waited, the newest first, and waits no more. Read meanwhile is no news. */
async function collected(tx: Tx, userId: UserId): Promise<Notification[]> {
  const items = await tx.db.find(
    NotificationEntity,
    { userId, digestPending: true, readAt: null },
    { orderBy: { id: 'desc' }, limit: digestItems },
  );
  await tx.db.nativeUpdate(NotificationEntity, { userId, digestPending: true }, { digestPending: false });
  return items;
}

async function sendDigest(
  tx: Tx,
  { person, items, due }: { person: Person; items: readonly Notification[]; due: string },
): Promise<void> {
  const senders = tx.port(sendersPort);
  const signing = tx.port(preferenceSettingsPort).unsubscribe;
  const now = await tx.now();
  const { userId, locale, preferred } = person;
  for (const { channel, recipient } of person.addresses) {
    const own = items.filter(({ topic }) => wants(preferred.channels, topic, channel));
    if (own.length === 0 || !senders.has(channel)) continue;
    const lines = own.slice(0, digestLines).map(({ title, body }) => `${title}: ${body}`.replaceAll(/\s+/g, ' '));
    const params = { count: own.length, lines: [...lines, ...(own.length > lines.length ? ['…'] : [])].join('\n') };
    await enqueueNotice(tx, {
      channel,
      recipient,
      userId,
      locale,
      timezone: preferred.timezone,
      template: 'digest.summary',
      params,
      about: 'digest',
      ...(channel === 'email' && { unsubscribeUrl: unsubscribeUrl(signing, userId, 'all') }),
      onceKey: `digest:${userId}:${due}:${channel}:${recipient}`,
      expiresAt: new Date(now.getTime() + ttlMs),
    });
  }
}
