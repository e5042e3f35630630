import { CommandError, isOwnOrigin, onlyCookie, type Actor } from '../domain/kernel/index.ts';
import type { HttpContext, HttpParts } from './parts.ts';

/**
 * Who sends the request: a Bearer token first, then the cookie, else a guest. A bad token is an error, except that a
 * stale cookie, which a browser cannot drop by itself, makes a guest where guests may call.
 */
export async function actorOf(c: HttpContext, parts: HttpParts, { guestMayCall = false } = {}): Promise<Actor> {
  const bearer = bearerToken(c);
  const token = bearer ?? cookieOf(c, 'access_token');
  const guest: Actor = { kind: 'guest', ip: c.env.ip };
  if (token === undefined) return guest;
  if (bearer === undefined) requireOwnSite(c, parts.settings);
  const actor = await parts.authenticate(token);
  if (typeof actor !== 'string') return actor;
  if (bearer === undefined && guestMayCall) return guest;
  throw new CommandError(actor);
}

export function cookieOf(c: HttpContext, name: 'access_token' | 'refresh_token'): string | undefined {
  return onlyCookie(c.req.header('cookie'), name);
}

export function bearerToken(c: HttpContext): string | undefined {
  const header = c.req.header('authorization');
  if (header === undefined) return undefined;
  const token = /^Bearer +([^ ]+) *$/i.exec(header)?.[1];
  if (token === undefined) throw new CommandError('auth.invalid');
  return token;
}

/**
 * Cookies ride along on requests that other sites cause, so a cookie only counts for a change when the browser names
 * an origin that is ours or allow-listed. Reading changes nothing, and other sites cannot see the answer.
 */
export function requireOwnSite(c: HttpContext, settings: HttpParts['settings']): void {
  if (c.req.method === 'GET' || c.req.method === 'HEAD') return;
  if (siteOf(c, settings) !== 'own') throw new CommandError('route.cross_site');
}

/** From where a browser sends the request; `unknown` where no browser says so. */
export function siteOf(c: HttpContext, settings: HttpParts['settings']): 'own' | 'foreign' | 'unknown' {
  const [site, origin] = [c.req.header('sec-fetch-site'), c.req.header('origin')];
  if (site === 'same-origin') return 'own';
  if (origin === undefined) return site === undefined ? 'unknown' : 'foreign';
  return isOwnOrigin(origin, c.req.header('host'), settings) ? 'own' : 'foreign';
}
