import { LockMode } from '@mikro-orm/core';
import { sql } from 'kysely';
import type { Tx } from '../kernel/define.ts';
import type { Notice } from '../kernel/events.ts';
import { newId, type UserId } from '../kernel/ids.ts';
import { bump } from '../kernel/machine.ts';
import {
  enqueueNotice,
  outboxSettingsPort,
  sendersPort,
  withdrawNotices,
  write,
  type Channel,
  type Written,
} from '../outbox/index.ts';
import { afterQuietHours, nextDigest, preferenceSettingsPort, unsubscribeUrl, wants } from '../preferences/index.ts';
import { NotificationEntity, type Notification } from './entities.ts';
import { notificationChanged } from './events.ts';
import type { Person } from './people.ts';
import { notificationLimits, urgentTemplates } from './settings.ts';
import { notificationView } from './views.ts';

/** A fact of a person's inbox that they should hear of. */
export interface Fact {
  readonly seq: number;
  readonly notice: Notice;
}

/** Turns one fact into a notification and into messages to the outside, by the person's preferences. */
export async function tellFact(tx: Tx, fact: Fact, to: { person: Person; isOnline: boolean }): Promise<void> {
  const { person } = to;
  const { notice } = fact;
  const { written, template, params } = worded(tx, notice, person);
  const isUrgent = urgentTemplates.has(template);
  const isDigested = person.preferred.frequency !== 'instant' && !isUrgent;
  const notification = await storeNotification(tx, { fact, person, written, isDigested });
  tx.emit(notificationChanged, person.userId, { view: notificationView(notification) });
  if (isDigested) return scheduleDigest(tx, person);
  const now = await tx.now();
  const awake = isUrgent ? now : afterQuietHours(now, person.preferred);
  const about = aboutKey(notice.about);
  const signing = tx.port(preferenceSettingsPort).unsubscribe;
  for (const { channel, recipient } of reachedBy(tx, notice, to)) {
    const isChatMail = channel === 'email' && notice.topic === 'messages';
    const dueMs = Math.max(awake.getTime(), now.getTime() + (isChatMail ? notificationLimits.chatMailDelayMs : 0));
    await enqueueNotice(tx, {
      channel,
      recipient,
      userId: person.userId,
      locale: person.locale,
      timezone: person.preferred.timezone,
      template,
      params,
      about,
      // Alerts are not turned off.
      ...(channel === 'email' && !isUrgent && { unsubscribeUrl: unsubscribeUrl(signing, person.userId, notice.topic) }),
      onceKey: `notice:${person.userId}:${fact.seq}:${channel}:${recipient}`,
      dueAt: new Date(dueMs),
      expiresAt: new Date(dueMs + notificationLimits.ttlMs * (channel === 'email' ? 3 : 1)),
    });
  }
}

/** The notice in words; one that cannot be written is told all the same, without its particulars. */
function worded(
  tx: Tx,
  { template, params }: Notice,
  { locale, preferred: { timezone } }: Person,
): { written: Written; template: string; params: Notice['params'] } {
  try {
    return { written: write({ locale, timezone, template, params }), template, params };
  } catch (error) {
    tx.port(outboxSettingsPort).unwritten(template, String(error));
    const generic = { template: 'notice.generic', params: {} };
    return { written: write({ locale, timezone, ...generic }), ...generic };
  }
}

/**
 * Addresses by preference. Whoever has the app open sees it there: only e-mail, which is kept, is sent to them too.
 * Channels that nothing is configured for are left out.
 */
function reachedBy(tx: Tx, { topic }: Notice, { person, isOnline }: { person: Person; isOnline: boolean }) {
  const senders = tx.port(sendersPort);
  const isOpen = (channel: Channel) => senders.has(channel) && (!isOnline || channel === 'email');
  const { channels } = person.preferred;
  return person.addresses.filter(({ channel }) => isOpen(channel) && wants(channels, topic, channel));
}

interface Told {
  readonly fact: Fact;
  readonly person: Person;
  readonly written: Written;
  readonly isDigested: boolean;
}

/** Marks as read what a person was told about a thing, and takes back what still waits to be sent. */
export async function clearTold(tx: Tx, userId: UserId, about: Notice['about']): Promise<void> {
  const now = await tx.now();
  await tx.db.flush();
  const told = await tx.db.find(
    NotificationEntity,
    { userId, readAt: null, aboutEntity: about.entity, aboutId: about.id },
    { lockMode: LockMode.PESSIMISTIC_WRITE, orderBy: { id: 'asc' } },
  );
  for (const notification of told) {
    notification.readAt = now;
    bump(notification, now);
    tx.emit(notificationChanged, userId, { view: notificationView(notification) });
  }
  await tx.db.flush();
  await withdrawNotices(tx, { userId, about: aboutKey(about) });
}

/** Messages of a conversation join the unread notification of the ones before. */
async function storeNotification(tx: Tx, { fact, person, written, isDigested }: Told): Promise<Notification> {
  const { seq, notice } = fact;
  const now = await tx.now();
  const about = { aboutEntity: notice.about.entity, aboutId: notice.about.id };
  const content = { title: written.title, body: written.body, template: notice.template };
  const earlier = notice.topic === 'messages' ? await unreadAbout(tx, person.userId, about) : null;
  if (earlier) {
    const { occurrences, version } = earlier;
    const joined = { inboxSeq: seq, occurrences: occurrences + 1, version: version + 1, updatedAt: now };
    return Object.assign(earlier, content, joined, { digestPending: earlier.digestPending || isDigested });
  }
  return tx.db.create(NotificationEntity, {
    id: newId(),
    userId: person.userId,
    inboxSeq: seq,
    topic: notice.topic,
    ...content,
    ...about,
    occurrences: 1,
    digestPending: isDigested,
    readAt: null,
    version: 1,
    createdAt: now,
    updatedAt: now,
  });
}

// Flushes only where it looks: a flush compares all that was stored so far, and a batch stores thousands.
async function unreadAbout(tx: Tx, userId: UserId, about: { aboutEntity: string; aboutId: string }) {
  await tx.db.flush();
  return tx.db.findOne(NotificationEntity, { userId, readAt: null, topic: 'messages', ...about });
}

/** The first thing that waits sets the time of the digest. */
async function scheduleDigest(tx: Tx, { userId, preferred }: Person): Promise<void> {
  const { frequency, digestHour, timezone } = preferred;
  if (frequency === 'instant') return;
  const dueAt = afterQuietHours(nextDigest(await tx.now(), { frequency, digestHour, timezone }), preferred);
  await sql`
    insert into digest (user_id, due_at) values (${userId}, ${dueAt.toISOString()}::timestamptz)
    on conflict (user_id) do nothing`.execute(tx.sql);
}

export function aboutKey(about: Notice['about']): string {
  return `${about.entity}:${about.id}`;
}
