import { setTimeout as delay } from 'node:timers/promises';
import { isUnavailable, limits, type InboxPull, type UserActor } from '../domain/kernel/index.ts';
import type { BatchedReads } from './batched-reads.ts';
import { closeCodes } from './close.ts';
import { comeBack, over, type LiveSocket } from './live-socket.ts';
import type { LocalSockets } from './local-sockets.ts';
import type { GatewayParts } from './parts.ts';

export interface Opening {
  readonly parts: GatewayParts;
  readonly sockets: LocalSockets;
  readonly reads: BatchedReads;
}

const outageRetryMs = 500;

/**
 * Sends `ready`, then what the client missed, and only then joins the person's rooms: nothing live can come first.
 * What was committed between reading and joining is read once more after the join; a client drops what it has.
 */
export function openSocket({ reads, ...opening }: Opening, live: LiveSocket): void {
  live.opened = new Promise((resolve) => {
    const patient: Pick<BatchedReads, 'authenticate' | 'pull'> = {
      authenticate: (token) => patiently(live, { read: () => reads.authenticate(token), onOutage: resolve }),
      pull: (want) => patiently(live, { read: () => reads.pull(want), onOutage: resolve }),
    };
    void open({ ...opening, reads: patient }, live).then(resolve);
  });
}

/** Asks until there is an answer, or the socket goes: an outage of the database is no reason to lose one. */
async function patiently<T>(
  live: LiveSocket,
  { read, onOutage }: { read: () => Promise<T>; onOutage: () => void },
): Promise<T> {
  for (;;) {
    try {
      return await read();
    } catch (error) {
      if (live.retired || !isUnavailable(error)) throw error;
      // Commands need not wait: they are told that the database is away.
      onOutage();
      await delay(outageRetryMs);
    }
  }
}

type PatientOpening = Omit<Opening, 'reads'> & { readonly reads: Pick<BatchedReads, 'authenticate' | 'pull'> };

async function open(opening: PatientOpening, live: LiveSocket): Promise<void> {
  const { parts } = opening;
  const { actor } = live;
  try {
    if (actor.kind === 'guest') live.push('ready', readyFrame(parts, live, null));
    else await openInbox(opening, live, actor);
  } catch (error) {
    if (live.retired) return;
    parts.log.warn({ err: error }, 'a socket could not be opened');
    await live.retire(...comeBack(closeCodes.unavailable, 1_000 + Math.random() * 4_000, 'unavailable'));
  }
}

async function openInbox({ parts, sockets, reads }: PatientOpening, live: LiveSocket, actor: UserActor): Promise<void> {
  const { userId } = actor;
  const cursor = live.cursor && { epoch: live.cursor.epoch, after: live.cursor.seq };
  // The handshake's answer is older than the moment from which evictions find this socket.
  const [start, again] = await Promise.all([
    reads.pull({ userId, cursor }),
    live.token ? reads.authenticate(live.token) : actor,
  ]);
  if (again === 'auth.revoked' || again === 'auth.suspended') return live.retire(...over(again));
  const { epoch, head, snapshotRequired } = start;
  const recovered = cursor !== null && !snapshotRequired;
  live.push('ready', readyFrame(parts, live, { epoch, head, recovered, snapshotRequired }));
  noteHead(sockets, { userId, epoch, head });
  const sent = recovered ? await sendMissed(reads, live, { userId, after: cursor.after, page: start }) : head;
  if (live.retired) return;
  await live.socket.join(`user:${userId}`);
  // While Redis is away nothing can be subscribed; the head check covers that time.
  await parts.rooms.subscribed().catch(() => {});
  const page = await reads.pull({ userId, cursor: { epoch, after: sent } });
  await sendMissed(reads, live, { userId, after: sent, page });
}

/** Pushes a page and those after it until the head is reached; returns the number of the last event sent. */
async function sendMissed(
  reads: PatientOpening['reads'],
  live: LiveSocket,
  { userId, after, page: first }: { userId: string; after: number; page: InboxPull },
): Promise<number> {
  let sent = after;
  for (let page = first; !live.retired;) {
    const { epoch, events, more } = page;
    while (!live.retired && live.isBehind()) await delay(10);
    if (events.length > 0) live.push('inbox', { epoch, events });
    sent = events.at(-1)?.seq ?? sent;
    if (!more) break;
    page = await reads.pull({ userId, cursor: { epoch, after: sent } });
  }
  return sent;
}

/** The first socket of a person on this node starts the mark; a later one must not hide what an earlier one missed. */
function noteHead(sockets: LocalSockets, start: { userId: string; epoch: string; head: number }): void {
  const user = sockets.users.get(start.userId);
  if (!user || user.seen !== null) return;
  user.seen = start.head;
  user.epoch = start.epoch;
}

function readyFrame({ clock }: GatewayParts, live: LiveSocket, inbox: object | null): object {
  const user = live.actor.kind === 'user' ? live.actor : null;
  const tokens = live.takeTokens();
  return {
    protocol: 1,
    user: user && { id: user.userId, roles: user.roles },
    sessionId: user?.sessionId ?? null,
    serverNow: new Date(Date.now() + clock.offsetMs).toISOString(),
    expiresAt: user && new Date(user.tokenExpiresAt).toISOString(),
    inbox,
    ...(tokens ? { tokens } : {}),
    limits,
  };
}
