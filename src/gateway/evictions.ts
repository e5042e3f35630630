import type { Eviction, RecordedEviction } from '../domain/kernel/index.ts';
import { over, type LiveSocket } from './live-socket.ts';
import type { LocalSockets } from './local-sockets.ts';
import type { GatewayParts } from './parts.ts';

const lookEveryMs = 2_000;

export interface EvictionWatch {
  /** Takes away at once what an eviction says; asks nobody but for a recheck. */
  apply(eviction: Eviction): void;
  stop(): void;
}

/**
 * Evictions reach every node as a message, at once. Messages get lost, so each node also looks every two seconds which
 * evictions the database has, and looks again at the sockets concerned. What holds is asked of the sessions and of the
 * rooms' rules, so that an eviction found late takes nothing from who signed in or was let back since.
 */
export function watchEvictions(parts: GatewayParts, sockets: LocalSockets): EvictionWatch {
  const { standing, log } = parts;
  let known = new Set<string>();
  let looking = false;
  const look = async () => {
    if (sockets.users.size === 0) return;
    const recent = await standing.evictions();
    const news = recent.filter(({ id }) => !known.has(id));
    await recheck(parts, concerned(sockets, news));
    known = new Set(recent.map(({ id }) => id));
  };
  // While the database is away nothing can be asked; the next look comes in two seconds.
  const missed = (error: unknown) => log.debug({ err: error }, 'evictions could not be looked at');
  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    look()
      .catch(missed)
      .finally(() => {
        looking = false;
      });
  }, lookEveryMs).unref();
  return {
    apply(eviction) {
      if (!('recheck' in eviction)) return sockets.evict(eviction);
      recheck(parts, [...(sockets.users.get(eviction.userId)?.sockets ?? [])]).catch(missed);
    },
    stop: () => clearInterval(timer),
  };
}

/** The sockets here of the people and sessions named. */
function concerned(sockets: LocalSockets, evictions: readonly RecordedEviction[]): LiveSocket[] {
  const sessionIds = new Set(evictions.flatMap(({ sessionId }) => sessionId ?? []));
  const found = new Set<LiveSocket>();
  for (const { userId } of evictions) {
    for (const live of (userId !== null && sockets.users.get(userId)?.sockets) || []) found.add(live);
  }
  if (sessionIds.size > 0) {
    for (const live of sockets.all) {
      if (live.actor.kind === 'user' && sessionIds.has(live.actor.sessionId)) found.add(live);
    }
  }
  return [...found];
}

/** Cuts sockets whose session is over, takes over roles, and asks the rules of the rooms they are in. */
async function recheck({ standing }: GatewayParts, lives: readonly LiveSocket[]): Promise<void> {
  const sessionIds = lives.flatMap(({ actor }) => (actor.kind === 'user' ? actor.sessionId : []));
  if (sessionIds.length === 0) return;
  const standings = await standing.sessions([...new Set(sessionIds)]);
  for (const live of lives) {
    if (live.actor.kind !== 'user' || live.retired) continue;
    const verdict = standings.get(live.actor.sessionId);
    if (typeof verdict === 'object') {
      live.grant(verdict.roles);
      await leaveClosedRooms(standing, live);
      await stopWatching(standing, live);
    } else {
      void live.retire(...over(verdict));
    }
  }
}

async function leaveClosedRooms(standing: GatewayParts['standing'], live: LiveSocket): Promise<void> {
  for (const room of live.publicRooms()) {
    if (!(await standing.mayStay(live.actor, room))) await live.leave(room);
  }
}

/** Those who have blocked one another do not see each other come and go. */
async function stopWatching(standing: GatewayParts['standing'], live: LiveSocket): Promise<void> {
  const watched = live.watchedUsers();
  if (live.actor.kind !== 'user' || watched.length === 0) return;
  for (const userId of await standing.blockedAmong(live.actor.userId, watched)) await live.leave(`presence:${userId}`);
}
