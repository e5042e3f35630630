import jwt from 'jsonwebtoken';
import { z } from 'zod';
import type { Outcome, Parcel } from '../channel.ts';
import { ask, isAnswer, later, type Answer } from './http.ts';

export interface FcmSettings {
  readonly projectId: string;
  readonly clientEmail: string;
  /** PEM. */
  readonly privateKey: string;
  readonly baseUrl: string;
  readonly tokenUrl: string;
}

const scope = 'https://www.googleapis.com/auth/firebase.messaging';
const tokenLifeSeconds = 3_600;
/** A token is renewed this long before its end. */
const tokenSlackMs = 300_000;

const Granted = z.object({ access_token: z.string(), expires_in: z.number().default(tokenLifeSeconds) });
const Refused = z.object({
  error: z.object({ details: z.array(z.object({ errorCode: z.string().optional() })).default([]) }),
});

/**
 * Firebase Cloud Messaging, HTTP v1: one request a message, with an access token that a JWT of the service account is
 * traded for (RFC 7523). A repeated push replaces the first on the device, by its tag and collapse id.
 */
export function createFcm(settings: FcmSettings): (parcel: Parcel, signal: AbortSignal) => Promise<Outcome> {
  const { projectId, baseUrl } = settings;
  const url = `${baseUrl}/v1/projects/${encodeURIComponent(projectId)}/messages:send`;
  let token: { readonly value: Promise<string | Outcome>; readonly until: number } | null = null;
  const accessToken = async (): Promise<string | Outcome> => {
    if (token && performance.now() < token.until) return token.value;
    // Those that come meanwhile wait for the same answer.
    token = { value: grant(settings), until: performance.now() + tokenLifeSeconds * 1000 - tokenSlackMs };
    const granted = await token.value;
    if (typeof granted !== 'string') token = null;
    return granted;
  };
  return async (parcel, signal) => {
    const authorization = await accessToken();
    if (typeof authorization !== 'string') return authorization;
    const answered = await ask(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${authorization}`, 'content-type': 'application/json' },
      body: JSON.stringify({ message: messageOf(parcel) }),
      signal,
    });
    if (!isAnswer(answered)) return answered;
    if (answered.status === 401) token = null;
    return outcomeOf(answered);
  };
}

function messageOf({ id, target, written, about, ttlSeconds }: Parcel) {
  // At most 64 bytes, by the rules of Apple.
  const tag = (about ?? id).slice(0, 64);
  return {
    token: target?.pushToken,
    notification: { title: written.title, body: written.body },
    data: { messageId: id, ...(about === null ? {} : { about }) },
    android: { collapse_key: tag, ttl: `${ttlSeconds}s`, priority: 'HIGH', notification: { tag } },
    apns: {
      headers: { 'apns-collapse-id': tag },
      payload: { aps: { 'thread-id': tag, sound: 'default' } },
    },
  };
}

async function grant({ clientEmail, privateKey, tokenUrl }: FcmSettings): Promise<string | Outcome> {
  const assertion = jwt.sign({ scope }, privateKey, {
    algorithm: 'RS256',
    issuer: clientEmail,
    audience: tokenUrl,
    expiresIn: tokenLifeSeconds,
  });
  const answered = await ask(tokenUrl, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion }),
    signal: AbortSignal.timeout(10_000),
  });
  // Whatever happens here, no message has left.
  if (!isAnswer(answered)) return { kind: 'retry', reason: 'no access token of Google' };
  const granted = Granted.safeParse(parsed(answered.body));
  if (answered.status === 200 && granted.success) return granted.data.access_token;
  return later(`google refused an access token: ${answered.status}`, answered.afterMs);
}

function outcomeOf({ status, afterMs, body }: Answer): Outcome {
  if (status === 200) return { kind: 'sent' };
  const refused = Refused.safeParse(parsed(body));
  const codes = refused.success ? refused.data.error.details.map(({ errorCode }) => errorCode) : [];
  const reason = `fcm ${status} ${codes.filter(Boolean).join(' ')}`.trim();
  if (status === 429 || status >= 500 || status === 401 || status === 403) {
    // A token of another project never works here.
    return codes.includes('SENDER_ID_MISMATCH') ? { kind: 'unreachable', reason } : later(reason, afterMs);
  }
  return { kind: status === 404 || codes.includes('UNREGISTERED') ? 'unreachable' : 'failed', reason };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
