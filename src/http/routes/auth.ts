import { Hono } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { CommandError, type Actor, type Reply } from '../../domain/kernel/index.ts';
import { dataOf } from '../answer.ts';
import { boundedBody, jsonBody } from '../body.ts';
import { callForApp } from '../call.ts';
import { actorOf, requireOwnSite } from '../credentials.ts';
import { fromSnake, toSnake } from '../naming.ts';
import { metaOf, type HttpContext, type HttpEnv, type HttpParts } from '../parts.ts';

interface SignedIn {
  readonly tokens: { readonly accessToken: string; readonly refreshToken: string };
  readonly user?: unknown;
}

// The refresh token only travels to the routes that use it.
const refreshPath = '/v1/auth';

/** Sign-in with the field names of the mobile apps; the commands behind are the ones of the socket. */
export function authRoutes(parts: HttpParts): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>();
  routes.use(boundedBody);
  routes.post('/register', async (c) => {
    const input = fromSnake(await jsonBody(c), { name: 'fullName' });
    return signIn(c, parts, await callForApp(c, parts, { name: 'accounts.register', input, actor: guest(c) }));
  });
  routes.post('/login', async (c) => {
    const input = fromSnake(await jsonBody(c), { email: 'identifier', username: 'identifier', phone: 'identifier' });
    return signIn(c, parts, await callForApp(c, parts, { name: 'sessions.login', input, actor: guest(c) }));
  });
  routes.post('/refresh', async (c) => {
    const input = fromSnake(await jsonBody(c));
    if (Object.keys(input).length === 0) return signIn(c, parts, dataOf(await refreshFromCookie(c, parts)));
    return signIn(c, parts, await callForApp(c, parts, { name: 'sessions.refresh', input, actor: guest(c) }));
  });
  routes.post('/logout', async (c) => {
    await endSession(c, parts);
    clearCookies(c, parts);
    return c.json({ ok: true });
  });
  routes.get('/me', async (c) => {
    const actor = await actorOf(c, parts);
    return c.json(toSnake(await callForApp(c, parts, { name: 'users.me', input: {}, actor })) as object);
  });
  return routes;
}

/** Whoever signs in does so as a guest: a stale token sent along changes nothing. */
function guest(c: HttpContext): Actor {
  return { kind: 'guest', ip: c.env.ip };
}

function signIn(c: HttpContext, parts: HttpParts, { tokens, user }: SignedIn): Response {
  const { cookieSecure: secure, accessTtlMs, refreshTtlMs } = parts.settings;
  const common = { httpOnly: true, sameSite: 'Lax', secure } as const;
  setCookie(c, 'access_token', tokens.accessToken, { ...common, path: '/', maxAge: Math.floor(accessTtlMs / 1000) });
  setCookie(c, 'refresh_token', tokens.refreshToken, {
    ...common,
    path: refreshPath,
    maxAge: Math.floor(refreshTtlMs / 1000),
  });
  return c.json(toSnake(user === undefined ? tokens : { ...tokens, user }) as object);
}

/** A refused cookie is cleared, so that the browser does not try it again. */
async function refreshFromCookie(c: HttpContext, parts: HttpParts): Promise<Reply> {
  const refreshToken = getCookie(c, 'refresh_token');
  if (refreshToken === undefined) throw new CommandError('auth.required');
  requireOwnSite(c, parts.settings);
  const reply = await parts.execute('sessions.refresh', { refreshToken }, { actor: guest(c), meta: metaOf(c) });
  if (!reply.ok && reply.error.retry === 'never') clearCookies(c, parts);
  return reply;
}

/** Ends the session, also when only the longer-lived refresh cookie still proves it. */
async function endSession(c: HttpContext, parts: HttpParts): Promise<void> {
  let actor: Actor | string = await actorOf(c, parts, { guestMayCall: true });
  if (actor.kind === 'guest' && getCookie(c, 'refresh_token') !== undefined) {
    const reply = await refreshFromCookie(c, parts);
    if (reply.ok) actor = await parts.authenticate((reply.data as SignedIn).tokens.accessToken);
  }
  if (typeof actor === 'string' || actor.kind === 'guest') return;
  await callForApp(c, parts, { name: 'sessions.logout', input: {}, actor });
}

function clearCookies(c: HttpContext, { settings: { cookieSecure: secure } }: HttpParts): void {
  deleteCookie(c, 'access_token', { path: '/', secure });
  deleteCookie(c, 'refresh_token', { path: refreshPath, secure });
}
