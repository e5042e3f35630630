import { Hono } from 'hono';
import { deleteCookie, setCookie } from 'hono/cookie';
import { CommandError, type Actor, type Reply } from '../../domain/kernel/index.ts';
import { dataOf } from '../answer.ts';
import { boundedBody, jsonBody } from '../body.ts';
import { callForApp } from '../call.ts';
import { actorOf, bearerToken, cookieOf, requireOwnSite, siteOf } from '../credentials.ts';
import { fromSnake, toSnake } from '../naming.ts';
import { metaOf, type HttpContext, type HttpEnv, type HttpParts } from '../parts.ts';

interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

interface AuthRoute {
  readonly path: string;
  readonly command: string;
  /** Names of fields that the apps use beside those of the command. */
  readonly renamed?: Readonly<Record<string, string>>;
  /** Does something else for whoever is signed in already. */
  readonly asCaller?: true;
}

const identifiers = { email: 'identifier', username: 'identifier', phone: 'identifier' };

/** Commands for guests with the field names of the mobile apps. An answer with tokens sets the cookies too. */
export const authCommands: readonly AuthRoute[] = [
  { path: '/register', command: 'accounts.register', renamed: { name: 'fullName' } },
  { path: '/login', command: 'sessions.login', renamed: identifiers },
  { path: '/telegram', command: 'sessions.telegram' },
  { path: '/otp/send', command: 'otp.send', asCaller: true },
  { path: '/otp/verify', command: 'otp.verify', renamed: { otp_code: 'code' }, asCaller: true },
  { path: '/forgot-password', command: 'passwords.forgot', renamed: identifiers },
  { path: '/reset-password', command: 'passwords.reset' },
];

// The refresh token only travels to the routes that use it.
const refreshPath = '/v1/auth';

/** Sign-in for apps and browsers; the commands behind are the ones of the socket. Only these routes set cookies. */
export function authRoutes(parts: HttpParts): Hono<HttpEnv> {
  const routes = new Hono<HttpEnv>();
  routes.use(boundedBody);
  for (const { path, command: name, renamed = {}, asCaller } of authCommands) {
    routes.post(path, async (c) => {
      const input = fromSnake(await jsonBody(c), renamed);
      const actor = asCaller ? await actorOf(c, parts, { guestMayCall: true }) : guest(c);
      const data = await callForApp<{ tokens?: Tokens | null }>(c, parts, { name, input, actor });
      if (!data.tokens) return c.json(toSnake(data) as object);
      await endFormerSession(c, parts);
      return signIn(c, parts, data as { tokens: Tokens });
    });
  }
  routes.post('/refresh', async (c) => {
    const input = fromSnake(await jsonBody(c));
    if (Object.keys(input).length === 0) return signIn(c, parts, dataOf(await refreshFromCookie(c, parts)));
    return signIn(c, parts, await callForApp(c, parts, { name: 'sessions.refresh', input, actor: guest(c) }));
  });
  routes.post('/logout', async (c) => {
    // A page elsewhere must not sign people out, not even where the browser keeps their cookies back.
    if (bearerToken(c) === undefined && siteOf(c, parts.settings) === 'foreign')
      throw new CommandError('route.cross_site');
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

/**
 * Tokens in the body and as cookies. A page of another origin that may call us at all gets them in the body alone: it
 * must not sign people in here behind their backs.
 */
function signIn(c: HttpContext, { settings }: HttpParts, { tokens, ...rest }: { tokens: Tokens }): Response {
  const { cookieSecure: secure, accessTtlMs, refreshTtlMs } = settings;
  const common = { httpOnly: true, sameSite: 'Lax', secure } as const;
  if (siteOf(c, settings) !== 'foreign') {
    setCookie(c, 'access_token', tokens.accessToken, { ...common, path: '/', maxAge: Math.floor(accessTtlMs / 1000) });
    setCookie(c, 'refresh_token', tokens.refreshToken, {
      ...common,
      path: refreshPath,
      maxAge: Math.floor(refreshTtlMs / 1000),
    });
  }
  return c.json(toSnake({ ...tokens, ...rest }) as object);
}

/** A refused cookie is cleared, so that the browser does not try it again. */
async function refreshFromCookie(c: HttpContext, parts: HttpParts): Promise<Reply> {
  const refreshToken = cookieOf(c, 'refresh_token');
  if (refreshToken === undefined) throw new CommandError('auth.required');
  requireOwnSite(c, parts.settings);
  const reply = await parts.execute('sessions.refresh', { refreshToken }, { actor: guest(c), meta: metaOf(c) });
  if (!reply.ok && reply.error.retry === 'never') clearCookies(c, parts);
  return reply;
}

/** Ends the session, also when only the longer-lived refresh cookie still proves it. */
async function endSession(c: HttpContext, parts: HttpParts): Promise<void> {
  let actor: Actor | string = await actorOf(c, parts, { guestMayCall: true });
  if (actor.kind === 'guest' && cookieOf(c, 'refresh_token') !== undefined) {
    const reply = await refreshFromCookie(c, parts);
    if (reply.ok) actor = await parts.authenticate((reply.data as { tokens: Tokens }).tokens.accessToken);
  }
  if (typeof actor === 'string' || actor.kind === 'guest') return;
  await callForApp(c, parts, { name: 'sessions.logout', input: {}, actor });
}

/** The browser forgets the session that its cookies were of, so that nobody else should go on with it either. */
async function endFormerSession(c: HttpContext, parts: HttpParts): Promise<void> {
  const token = cookieOf(c, 'access_token');
  if (token === undefined || siteOf(c, parts.settings) !== 'own') return;
  const actor = await parts.authenticate(token);
  if (typeof actor !== 'string') await parts.execute('sessions.logout', {}, { actor, meta: metaOf(c) });
}

function clearCookies(c: HttpContext, { settings: { cookieSecure: secure } }: HttpParts): void {
  deleteCookie(c, 'access_token', { path: '/', secure });
  deleteCookie(c, 'refresh_token', { path: refreshPath, secure });
}
