import webPush from 'web-push';
import type { Outcome, Parcel } from '../channel.ts';
import { isPushService, readSubscription } from '../subscription.ts';
import { ask, isAnswer, later, type Answer } from './http.ts';

export interface WebPushSettings {
  readonly publicKey: string;
  readonly privateKey: string;
  /** `mailto:` or `https:`, for the push service to reach us. */
  readonly subject: string;
  readonly pushServices: readonly string[];
}

const textCharsMax = 1_500;

/** Web Push (RFC 8030, 8291, 8292): the library encrypts and signs, the request is ours. */
export function createWebPush(settings: WebPushSettings): (parcel: Parcel, signal: AbortSignal) => Promise<Outcome> {
  const { publicKey, privateKey, subject, pushServices } = settings;
  return async ({ id, target, written, about, ttlSeconds }, signal) => {
    const subscription = readSubscription(target?.pushToken ?? '');
    // Asked again: the list may have become shorter since the device was registered.
    if (!subscription || !isPushService(subscription.endpoint, pushServices))
      return { kind: 'unreachable', reason: 'not a subscription of a known push service' };
    const payload = JSON.stringify({
      messageId: id,
      title: written.title,
      // A push service takes 4,096 bytes, encrypted.
      body: written.body.slice(0, textCharsMax / 2),
      lang: written.locale,
      about,
    });
    const { endpoint, headers, body } = webPush.generateRequestDetails(subscription, payload, {
      vapidDetails: { publicKey, privateKey, subject },
      TTL: ttlSeconds,
      urgency: 'high',
      // What waits at the push service is replaced: at most 32 characters of base64url.
      topic: (about ?? id).replaceAll(/[^A-Za-z0-9_-]/g, '').slice(-32),
    });
    const answered = await ask(endpoint, {
      method: 'POST',
      headers,
      body: new Uint8Array(body),
      signal,
    });
    return isAnswer(answered) ? outcomeOf(answered) : answered;
  };
}

function outcomeOf({ status, afterMs }: Answer): Outcome {
  if (status >= 200 && status < 300) return { kind: 'sent' };
  const reason = `push service ${status}`;
  if (status === 404 || status === 410) return { kind: 'unreachable', reason };
  if (status === 429 || status >= 500 || status === 401 || status === 403) return later(reason, afterMs);
  return { kind: 'failed', reason };
}
