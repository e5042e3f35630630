import type { Eviction } from '../domain/kernel/index.ts';
import { LiveSocket, revoked, type Arrival, type RoomSizes } from './live-socket.ts';

/** One signed-in person's sockets on this node. */
export interface LocalUser {
  readonly sockets: Set<LiveSocket>;
  /** The newest inbox event that this node pushed to the person; null before the first `ready`. */
  seen: number | null;
  /** The epoch of `seen`, and the one that the person's sockets were told. */
  epoch: string | null;
  /** A head above `seen` that the last check found. */
  suspect: number | null;
}

/** Every admitted socket of this node, by person and by session. */
export class LocalSockets {
  readonly all = new Set<LiveSocket>();
  readonly users = new Map<string, LocalUser>();
  readonly userCounts = new Map<string, number>();
  readonly roomSizes: RoomSizes = new Map();

  add(arrival: Arrival): LiveSocket {
    const live = new LiveSocket(arrival, this.roomSizes);
    this.all.add(live);
    if (live.actor.kind === 'user') {
      const { userId } = live.actor;
      const user = this.users.get(userId) ?? { sockets: new Set(), seen: null, epoch: null, suspect: null };
      user.sockets.add(live);
      this.users.set(userId, user);
      this.userCounts.set(userId, user.sockets.size);
    }
    return live;
  }

  delete(live: LiveSocket): void {
    live.forgetRooms();
    this.all.delete(live);
    if (live.actor.kind !== 'user') return;
    const { userId } = live.actor;
    const user = this.users.get(userId);
    user?.sockets.delete(live);
    if (user && user.sockets.size > 0) {
      this.userCounts.set(userId, user.sockets.size);
    } else {
      this.users.delete(userId);
      this.userCounts.delete(userId);
    }
  }

  /** Notes a push to a person. Only one without a gap moves the mark; the head check asks about the rest. */
  pushed(userId: string, { epoch, first, last }: { epoch: string; first: number; last: number }): void {
    const user = this.users.get(userId);
    if (!user || user.seen === null || user.epoch !== epoch) return;
    if (first <= user.seen + 1) user.seen = Math.max(user.seen, last);
  }

  evict(eviction: Exclude<Eviction, { recheck: true }>): void {
    if ('sessionId' in eviction) {
      // Evictions are rare: a walk costs less than an index by session kept for every socket.
      for (const live of this.all) {
        if (live.actor.kind === 'user' && live.actor.sessionId === eviction.sessionId) cut(live, eviction.reason);
      }
      return;
    }
    for (const live of this.users.get(eviction.userId)?.sockets ?? []) {
      if ('room' in eviction) void live.leave(eviction.room);
      else if (live.actor.kind === 'user' && live.actor.sessionId !== eviction.exceptSessionId)
        cut(live, eviction.reason);
    }
  }
}

function cut(live: LiveSocket, reason: string): void {
  void live.retire(...revoked(reason));
}
