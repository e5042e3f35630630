import { setTimeout as delay } from 'node:timers/promises';
import { limits, type InboxPull, type UserActor } from '../domain/kernel/index.ts';
import { closeCodes } from './close.ts';
import { comeBack, revoked, type LiveSocket } from './live-socket.ts';
import type { LocalSockets } from './local-sockets.ts';
import type { GatewayParts } from './parts.ts';

/** Unsent bytes above which the next page of missed events waits. */
const pagePauseBytes = 64 * 1024;

/**
 * Sends `ready`, then what the client missed, and only then joins the person's rooms: nothing live can come first.
 * What was committed between reading and joining is read once more after the join; a client drops what it has.
 */
export async function openSocket(parts: GatewayParts, sockets: LocalSockets, live: LiveSocket): Promise<void> {
  const { actor } = live;
  try {
    if (actor.kind === 'guest') live.push('ready', readyFrame(parts, live, null));
    else await openInbox(parts, sockets, { live, actor });
  } catch (error) {
    parts.log.warn({ err: error }, 'a socket could not be opened');
    await live.retire(...comeBack(closeCodes.unavailable, 1_000 + Math.random() * 4_000, 'unavailable'));
  }
}

async function openInbox(
  parts: GatewayParts,
  sockets: LocalSockets,
  { live, actor }: { live: LiveSocket; actor: UserActor },
): Promise<void> {
  const { userId, sessionId } = actor;
  const { cursor } = live;
  const limit = limits.pullEventsMax;
  // The handshake's answer is older than the moment from which evictions find this socket.
  const [start, again] = await Promise.all([
    cursor ? parts.inbox.pull(userId, { epoch: cursor.epoch, after: cursor.seq, limit }) : parts.inbox.head(userId),
    live.token ? parts.authenticate(live.token) : actor,
  ]);
  if (again === 'auth.revoked' || again === 'auth.suspended') return live.retire(...revoked(again));
  const { epoch, head } = start;
  const snapshotRequired = 'snapshotRequired' in start && start.snapshotRequired;
  const recovered = cursor !== null && !snapshotRequired;
  live.push('ready', readyFrame(parts, live, { epoch, head, recovered, snapshotRequired }));
  noteHead(sockets, { userId, epoch, head });
  const missed = recovered && 'events' in start ? start : null;
  const sent = missed ? await sendMissed(parts, live, { userId, after: cursor?.seq ?? 0, page: missed }) : head;
  if (live.retired) return;
  await live.socket.join([`user:${userId}`, `session:${sessionId}`]);
  // While Redis is away nothing can be subscribed; the head check covers that time.
  await parts.rooms.subscribed().catch(() => {});
  const page = await parts.inbox.pull(userId, { epoch, after: sent, limit });
  await sendMissed(parts, live, { userId, after: sent, page });
}

/** Pushes a page and those after it until the head is reached; returns the number of the last event sent. */
async function sendMissed(
  parts: GatewayParts,
  live: LiveSocket,
  { userId, after, page: first }: { userId: string; after: number; page: InboxPull },
): Promise<number> {
  let sent = after;
  for (let page = first; !live.retired;) {
    const { epoch, events, more } = page;
    while (!live.retired && isBehind(live)) await delay(10);
    if (events.length > 0) live.push('inbox', { epoch, events });
    sent = events.at(-1)?.seq ?? sent;
    if (!more) break;
    page = await parts.inbox.pull(userId, { epoch, after: sent, limit: limits.pullEventsMax });
  }
  return sent;
}

/** Whether something of the last page still waits: in Engine.IO, which holds frames back, or in the WebSocket. */
function isBehind({ socket }: LiveSocket): boolean {
  const { writeBuffer, transport } = socket.conn as unknown as {
    writeBuffer: unknown[];
    transport: { socket?: { bufferedAmount?: number; getBufferedAmount?(): number } };
  };
  const bytes = transport.socket?.getBufferedAmount?.() ?? transport.socket?.bufferedAmount ?? 0;
  return writeBuffer.length > 0 || bytes > pagePauseBytes;
}

/** The first socket of a person on this node starts the mark; a later one must not hide what an earlier one missed. */
function noteHead(sockets: LocalSockets, start: { userId: string; epoch: string; head: number }): void {
  const user = sockets.users.get(start.userId);
  if (!user || user.seen !== null) return;
  user.seen = start.head;
  user.epoch = start.epoch;
}

function readyFrame({ clock }: GatewayParts, { actor }: LiveSocket, inbox: object | null): object {
  const user = actor.kind === 'user' ? actor : null;
  return {
    protocol: 1,
    user: user && { id: user.userId, roles: user.roles },
    sessionId: user?.sessionId ?? null,
    serverNow: new Date(Date.now() + clock.offsetMs).toISOString(),
    expiresAt: user && new Date(user.tokenExpiresAt).toISOString(),
    inbox,
    limits,
  };
}
