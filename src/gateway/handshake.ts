import type { ExtendedError, Socket } from 'socket.io';
import { z } from 'zod';
import {
  defineErrors,
  isOwnOrigin,
  limits,
  onlyCookie,
  universalErrors,
  type ErrorSpec,
  type GuestActor,
  type OwnSite,
  type UserActor,
} from '../domain/kernel/index.ts';
import type { AdmissionQueue } from './admission-queue.ts';
import type { BatchedReads } from './batched-reads.ts';
import type { ResolveIp } from './client-ip.ts';
import type { Arrival, IssuedTokens, LiveSocket } from './live-socket.ts';
import type { LocalSockets } from './local-sockets.ts';
import type { GatewayParts } from './parts.ts';

/** Refusals that only a handshake knows. */
const handshakeErrors = defineErrors({
  'limit.sockets': { retry: 'later', http: 429, text: `At most ${limits.socketsPerUser} sockets may be open at once.` },
  'server.draining': { retry: 'later', http: 503, text: 'This node is shutting down; connect again.' },
});

const draining = { retryAfterMs: 1_000 };
/** How long a client may take to hear that it should come later, and to leave by itself. */
const refusedStayMs = 1_000;

const specs = { ...universalErrors, ...handshakeErrors };

/** Ends the handshake; the client sees it as `connect_error`. */
class Refusal extends Error implements ExtendedError {
  readonly data: { code: string; message: string; retry: string; retryAfterMs?: number };

  constructor(code: keyof typeof specs, details: { retryAfterMs?: number } = {}) {
    const { text, retry }: ErrorSpec = specs[code];
    super(text);
    this.data = { code, message: text, retry, ...details };
  }
}

/** Told with a spread, so that those who were refused together do not come back together. */
function unavailable(): Refusal {
  return new Refusal('server.unavailable', {
    retryAfterMs: Math.round(limits.unavailableRetryMs * (1 + Math.random())),
  });
}

// Dart and Swift clients send null for what is absent.
const Auth = z.object({
  token: z.string().max(4_096).nullish(),
  telegram: z.string().max(8_192).nullish(),
  inbox: z.object({ epoch: z.string().max(64), seq: z.int().min(0) }).nullish(),
  client: z.object({ platform: z.string().max(64).nullish(), version: z.string().max(64).nullish() }).nullish(),
});

export interface Handshake {
  readonly parts: GatewayParts;
  readonly sockets: LocalSockets;
  readonly reads: BatchedReads;
  readonly queue: AdmissionQueue;
  readonly resolveIp: ResolveIp;
  readonly isDraining: () => boolean;
}

/** A namespace middleware: with uWebSockets.js, `allowRequest` cannot wait for the database. */
export function admission(handshake: Handshake) {
  return (socket: Socket, next: (error?: ExtendedError) => void): void => {
    admit(handshake, socket).then(
      (live) => {
        socket.data.live = live;
        next();
      },
      (error: unknown) => {
        const refusal = error instanceof Refusal ? error : unavailable();
        const { code } = refusal.data;
        handshake.parts.onRefused?.({ code, ip: addressOf(handshake, socket) });
        if (refusal !== error) handshake.parts.log.warn({ err: error }, 'a handshake failed');
        if (refusal.data.retry === 'later') hangUpSoon(socket);
        next(refusal);
      },
    );
  };
}

async function admit(handshake: Handshake, socket: Socket): Promise<LiveSocket> {
  const { parts, isDraining } = handshake;
  const ip = addressOf(handshake, socket);
  if (isDraining()) throw new Refusal('server.draining', draining);
  if (parts.database.awaySince !== null) throw unavailable();
  const refused = await parts.rooms.limiter.take(`connect:${ip}`, limits.connectsPerMinute);
  if (refused) throw new Refusal('limit.rate', refused);
  const parsed = Auth.safeParse(socket.handshake.auth);
  if (!parsed.success) throw new Refusal('auth.invalid');
  const { token, telegram, inbox } = parsed.data;
  return inTurn(handshake, socket, async () => {
    const tokens = telegram && !token ? await exchange(parts, socket, { ip, initData: telegram }) : null;
    const shown = token || tokens?.accessToken || cookieToken(socket, parts.settings) || null;
    return enter(handshake, socket, { ip, token: shown, tokens, cursor: inbox ?? null });
  });
}

function addressOf({ resolveIp }: Handshake, { handshake: { headers, address } }: Socket): string {
  return resolveIp(address, headers['x-forwarded-for'] as string | undefined);
}

/** Trades initData of a Telegram Mini App for a session, as `sessions.telegram` does over HTTP. */
async function exchange(
  { execute }: GatewayParts,
  { handshake }: Socket,
  { ip, initData }: { ip: string; initData: string },
): Promise<IssuedTokens> {
  const userAgent = handshake.headers['user-agent']?.slice(0, 300);
  const meta = { requestId: crypto.randomUUID(), ip, ...(userAgent ? { userAgent } : {}) };
  const reply = await execute('sessions.telegram', { initData }, { actor: { kind: 'guest', ip }, meta });
  if (reply.ok) return (reply.data as { tokens: IssuedTokens }).tokens;
  const { code, retryAfterMs } = reply.error;
  if (code === 'limit.rate') throw new Refusal(code, retryAfterMs === undefined ? {} : { retryAfterMs });
  if (code === 'internal' || code === 'server.unavailable') throw unavailable();
  throw new Refusal(code === 'auth.suspended' ? code : 'auth.invalid');
}

/** Waits in line before anything that the database has to answer. Who closes meanwhile gives the place to the next. */
async function inTurn<T>({ queue, isDraining }: Handshake, { conn }: Socket, work: () => Promise<T>): Promise<T> {
  const place = queue.enter();
  if ('retryAfterMs' in place) throw new Refusal('limit.rate', place);
  conn.once('close', place.leave);
  try {
    const isCome = await place.turn;
    // Nobody hears this one when the socket is closed.
    if (!isCome || conn.readyState !== 'open' || isDraining()) throw new Refusal('server.draining', draining);
    return await work();
  } finally {
    conn.off('close', place.leave);
    place.leave();
  }
}

async function enter(
  { parts, sockets, reads }: Handshake,
  socket: Socket,
  { ip, token, tokens, cursor }: Pick<Arrival, 'ip' | 'token' | 'tokens' | 'cursor'>,
): Promise<LiveSocket> {
  const actor = token ? await signIn(reads, token) : guest(parts, ip);
  if (actor.kind === 'user') {
    const open = sockets.userCounts.get(actor.userId) ?? 0;
    if (open >= limits.socketsPerUser) throw new Refusal('limit.sockets');
  }
  const live = sockets.add({ socket, actor, ip, token, tokens, cursor });
  const left = () => sockets.delete(live);
  if (socket.conn.readyState === 'open') socket.conn.once('close', left);
  else left();
  return live;
}

/** Those told to come later are many in a storm: one that stays all the same is not kept until its time-out. */
function hangUpSoon({ conn }: Socket): void {
  setTimeout(() => conn.close(), refusedStayMs).unref();
}

async function signIn(reads: BatchedReads, token: string): Promise<UserActor> {
  const actor = await reads.authenticate(token);
  if (typeof actor === 'string') throw new Refusal(actor);
  return actor;
}

function guest({ settings }: GatewayParts, ip: string): GuestActor {
  if (!settings.guests) throw new Refusal('auth.invalid');
  return { kind: 'guest', ip };
}

/**
 * Browsers send cookies with sockets opened by any page. The cookie counts only from our own origin and the configured
 * ones; from elsewhere the socket is a guest's. What is no browser names no origin.
 */
function cookieToken({ handshake: { headers } }: Socket, settings: OwnSite): string | undefined {
  const { cookie, origin, host } = headers;
  const isOwn = origin === undefined || isOwnOrigin(origin, host, settings);
  return isOwn ? onlyCookie(cookie, 'access_token') : undefined;
}
