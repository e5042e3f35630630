import { createHmac, timingSafeEqual } from 'node:crypto';
import { noticeTopics, type NoticeTopic } from '../kernel/events.ts';
import { UserId } from '../kernel/ids.ts';
import type { PreferenceSettings } from './settings.ts';

/** A topic, or everything, as the digest holds it. */
export const mailTopics = [...noticeTopics, 'all'] as const;
export type MailTopic = NoticeTopic | 'all';

type Signing = PreferenceSettings['unsubscribe'];

/** What turns e-mail about a topic off without a session (RFC 8058). Works for as long as mails are kept. */
export function unsubscribeUrl({ key, url }: Signing, userId: UserId, topic: MailTopic): string {
  const token = `${userId}.${topic}`;
  return `${url}?token=${token}.${signature(key, token)}`;
}

/** Whose mail about what a token turns off; null for one that is not ours. */
export function readUnsubscribeToken({ key }: Signing, token: string): { userId: UserId; topic: MailTopic } | null {
  const [userId = '', topic = '', signed = '', ...more] = token.split('.');
  const [given, expected] = [Buffer.from(signed), Buffer.from(signature(key, `${userId}.${topic}`))];
  if (more.length > 0 || given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
  return { userId: UserId.parse(userId), topic: topic as MailTopic };
}

function signature(key: string, text: string): string {
  return createHmac('sha256', key).update(`unsubscribe ${text}`).digest('base64url');
}
