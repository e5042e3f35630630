import { getCookie } from 'hono/cookie';
import { CommandError, type Actor } from '../domain/kernel/index.ts';
import type { HttpContext, HttpParts } from './parts.ts';

/**
 * Who sends the request: a Bearer token first, then the cookie, else a guest. A bad token is an error, except that a
 * stale cookie, which a browser cannot drop by itself, makes a guest where guests may call.
 */
export async function actorOf(c: HttpContext, parts: HttpParts, { guestMayCall = false } = {}): Promise<Actor> {
  const bearer = bearerToken(c);
  const token = bearer ?? getCookie(c, 'access_token');
  const guest: Actor = { kind: 'guest', ip: c.env.ip };
  if (token === undefined) return guest;
  if (bearer === undefined) requireOwnSite(c, parts.settings);
  const actor = await parts.authenticate(token);
  if (typeof actor !== 'string') return actor;
  if (bearer === undefined && guestMayCall) return guest;
  throw new CommandError(actor);
}

function bearerToken(c: HttpContext): string | undefined {
  const header = c.req.header('authorization');
  if (header === undefined) return undefined;
  const token = /^Bearer +([^ ]+) *$/i.exec(header)?.[1];
  if (token === undefined) throw new CommandError('auth.invalid');
  return token;
}

/**
 * Cookies ride along on requests that other sites cause, so a cookie only counts for a change when the browser names
 * an origin that is ours or allow-listed.
 */
export function requireOwnSite(c: HttpContext, { publicUrl, corsOrigins }: HttpParts['settings']): void {
  if (c.req.method === 'GET' || c.req.method === 'HEAD') return;
  if (c.req.header('sec-fetch-site') === 'same-origin') return;
  const origin = c.req.header('origin');
  if (origin === undefined || !URL.canParse(origin)) throw new CommandError('route.cross_site');
  const known = origin === new URL(publicUrl).origin || corsOrigins.includes(origin);
  // The server may be reached by more names than its public one; the browser fills in both headers itself.
  if (!known && new URL(origin).host !== c.req.header('host')) throw new CommandError('route.cross_site');
}
