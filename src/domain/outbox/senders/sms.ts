import type { Outcome, Sender } from '../channel.ts';
import { ask, isAnswer, later, type Answer } from './http.ts';

interface TwilioSettings {
  readonly accountSid: string;
  readonly authToken: string;
  /** A number in E.164, or the SID of a messaging service. */
  readonly from: string;
  readonly baseUrl: string;
}

/** Twilio's codes for a recipient that will not take any: unsubscribed, no mobile number, no such number. */
const unreachableCodes = new Set([21610, 21614, 21211, 21217, 21612]);

/** SMS by Twilio's HTTP API. It has no idempotency key: an answer that got lost may stand for a sent message. */
export function createTwilioSender({ accountSid, authToken, from, baseUrl }: TwilioSettings): Sender {
  const url = `${baseUrl}/2010-04-01/Accounts/${encodeURIComponent(accountSid)}/Messages.json`;
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
  const sender: Record<string, string> = from.startsWith('MG') ? { MessagingServiceSid: from } : { From: from };
  return {
    async send({ recipient, written, ttlSeconds }, signal) {
      // Twilio takes from 1 second to 10 hours.
      const ValidityPeriod = String(Math.min(Math.max(ttlSeconds, 1), 36_000));
      const answered = await ask(url, {
        method: 'POST',
        headers: { authorization },
        body: new URLSearchParams({ To: recipient, Body: written.sms, ValidityPeriod, ...sender }),
        signal,
      });
      return isAnswer(answered) ? outcomeOf(answered) : answered;
    },
  };
}

function outcomeOf({ status, afterMs, body }: Answer): Outcome {
  if (status >= 200 && status < 300) return { kind: 'sent' };
  const reason = `twilio ${status}: ${body.slice(0, 200)}`;
  if (status === 429 || status === 503) return later(reason, afterMs);
  // Ours to mend: wrong credentials, or an account without money.
  if (status === 401 || status === 403) return { kind: 'retry', reason };
  // Some other failure inside: it may have been taken before it happened.
  if (status >= 500) return { kind: 'unknown', reason };
  return { kind: unreachableCodes.has(codeOf(body)) ? 'unreachable' : 'failed', reason };
}

function codeOf(body: string): number {
  try {
    return Number((JSON.parse(body) as { code?: unknown }).code);
  } catch {
    return 0;
  }
}
