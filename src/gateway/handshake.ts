import type { ExtendedError, Socket } from 'socket.io';
import { z } from 'zod';
import {
  defineErrors,
  limits,
  universalErrors,
  type ErrorSpec,
  type GuestActor,
  type UserActor,
} from '../domain/kernel/index.ts';
import type { ResolveIp } from './client-ip.ts';
import type { LiveSocket } from './live-socket.ts';
import type { LocalSockets } from './local-sockets.ts';
import type { GatewayParts } from './parts.ts';

/** Refusals that only a handshake knows. */
const handshakeErrors = defineErrors({
  'limit.sockets': { retry: 'later', http: 429, text: `At most ${limits.socketsPerUser} sockets may be open at once.` },
  'server.draining': { retry: 'later', http: 503, text: 'This node is shutting down; connect again.' },
});

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
        if (error instanceof Refusal) return next(error);
        handshake.parts.log.warn({ err: error }, 'a handshake failed');
        next(unavailable());
      },
    );
  };
}

async function admit({ parts, sockets, resolveIp, isDraining }: Handshake, socket: Socket): Promise<LiveSocket> {
  const { headers, address, auth } = socket.handshake;
  const ip = resolveIp(address, headers['x-forwarded-for'] as string | undefined);
  if (isDraining()) throw new Refusal('server.draining', { retryAfterMs: 1_000 });
  if (parts.database.awaySince !== null) throw unavailable();
  const refused = await parts.rooms.limiter.take(`connect:${ip}`, limits.connectsPerMinute);
  if (refused) throw new Refusal('limit.rate', refused);
  const parsed = Auth.safeParse(auth);
  if (!parsed.success || parsed.data.telegram) throw new Refusal('auth.invalid');
  const token = parsed.data.token || cookieToken(socket, parts.settings.corsOrigins);
  const actor = token ? await signIn(parts, token) : guest(parts, ip);
  if (actor.kind === 'user') {
    const open = sockets.userCounts.get(actor.userId) ?? 0;
    if (open >= limits.socketsPerUser) throw new Refusal('limit.sockets');
  }
  const live = sockets.add({ socket, actor, ip, token: token || null, cursor: parsed.data.inbox ?? null });
  const left = () => sockets.delete(live);
  if (socket.conn.readyState === 'open') socket.conn.once('close', left);
  else left();
  return live;
}

async function signIn(parts: GatewayParts, token: string): Promise<UserActor> {
  const actor = await parts.authenticate(token);
  if (typeof actor === 'string') throw new Refusal(actor);
  return actor;
}

function guest({ settings }: GatewayParts, ip: string): GuestActor {
  if (!settings.guests) throw new Refusal('auth.invalid');
  return { kind: 'guest', ip };
}

/**
 * Browsers send cookies with sockets opened by any page. The cookie counts only from our own origin and the configured
 * ones; from elsewhere the socket is a guest's.
 */
function cookieToken({ handshake: { headers } }: Socket, corsOrigins: readonly string[]): string | undefined {
  const { cookie, origin, host } = headers;
  const isOwn = origin === undefined || corsOrigins.includes(origin) || hostOf(origin) === host;
  return isOwn ? /(?:^|;\s*)access_token=([^;]+)/.exec(cookie ?? '')?.[1] : undefined;
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}
