import type { Audience, RoomKind } from '../domain/kernel/index.ts';
import type { Delivery } from './delivery.ts';
import type { RoomTransport } from './transport.ts';
import type { Trouble } from './trouble.ts';

export interface PresenceState {
  readonly userId: string;
  readonly online: boolean;
  /** When the last socket went, ISO 8601; null while online and when unknown. */
  readonly lastSeenAt: string | null;
}

/** What changed on this node since its last report. */
export interface CensusReport {
  /** The report tells everything: whatever this node said before is void. */
  readonly full: boolean;
  /** The node goes: its counts end now. */
  readonly closing: boolean;
  /** Sockets of this node by room; 0 where the last one left. */
  readonly rooms: ReadonlyMap<string, number>;
  readonly came: readonly string[];
  readonly gone: readonly string[];
}

export interface CensusOutcome {
  /** The store does not know this node (any more): report in full. Nothing was done. */
  readonly unknown: boolean;
  /** New totals to tell. */
  readonly audiences: readonly { room: string; count: number }[];
  /** Rooms whose total changed too soon after it was told: report them again. */
  readonly deferred: readonly string[];
  readonly presences: readonly PresenceState[];
}

/** Counts of all nodes together, kept in Redis or, for a single node, in memory. */
export interface CensusStore {
  report(report: CensusReport): Promise<CensusOutcome>;
  /** Sockets in rooms on the other nodes. */
  countElsewhere(rooms: readonly string[]): Promise<number[]>;
  presences(userIds: readonly string[]): Promise<PresenceState[]>;
}

/** A total is told at most once in this time. */
export const audienceTellMs = 1_000;
const tickMs = 500;

interface CensusParts {
  readonly store: CensusStore;
  readonly delivery: Delivery;
  readonly roomKinds: ReadonlyMap<string, RoomKind>;
  readonly trouble: Trouble;
}

/**
 * Who is where: compares this node's sockets with what it last reported, twice a second, reports the difference and
 * tells the outcome. Only differences cost anything, and the total of a room costs one look at each node.
 */
export class Census implements Audience {
  readonly #parts: CensusParts;
  #transport: RoomTransport | null = null;
  #timer: NodeJS.Timeout | null = null;
  #tick: Promise<void> = Promise.resolve();
  #full = true;
  #rooms = new Map<string, number>();
  #users = new Set<string>();
  #deferred: readonly string[] = [];

  constructor(parts: CensusParts) {
    this.#parts = parts;
  }

  attach(transport: RoomTransport): void {
    this.#transport = transport;
    this.#schedule();
  }

  /** Counts in the order of the rooms asked for. While Redis is away, of this node alone. */
  async count(rooms: readonly string[]): Promise<number[]> {
    if (rooms.length === 0) return [];
    const own = this.#transport?.roomSizes();
    const elsewhere = await this.#parts.store.countElsewhere(rooms).catch((error: unknown) => {
      this.#parts.trouble.report('viewers of other nodes are unknown', error);
      return [];
    });
    return rooms.map((room, index) => (own?.get(room) ?? 0) + (elsewhere[index] ?? 0));
  }

  /** While Redis is away, those of this node alone. */
  async online(userIds: readonly string[]): Promise<ReadonlySet<string>> {
    const own = this.#transport?.localUsers();
    const states = await this.presences(userIds).catch((error: unknown) => {
      this.#parts.trouble.report('presence on other nodes is unknown', error);
      return userIds.map((userId) => ({ userId, online: own?.has(userId) ?? false }));
    });
    return new Set(states.filter(({ online }) => online).map(({ userId }) => userId));
  }

  async presences(userIds: readonly string[]): Promise<PresenceState[]> {
    const own = this.#transport?.localUsers();
    const states = userIds.length === 0 ? [] : await this.#parts.store.presences(userIds);
    return states.map((state) => (own?.has(state.userId) ? { ...state, online: true, lastSeenAt: null } : state));
  }

  /** Takes this node's counts away at once, and tells what that changes. */
  async close(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    const transport = this.#transport;
    this.#transport = null;
    await this.#tick;
    if (transport) await this.#report({ full: false, closing: true, rooms: new Map(), came: [], gone: [] });
  }

  #schedule(): void {
    this.#timer = setTimeout(() => {
      this.#tick = this.#compare().finally(() => this.#transport && this.#schedule());
    }, tickMs);
    this.#timer.unref();
  }

  async #compare(): Promise<void> {
    if (!this.#transport) return;
    const rooms = this.#countedRooms(this.#transport.roomSizes());
    const users = new Set(this.#transport.localUsers().keys());
    const before = this.#full
      ? { rooms: new Map<string, number>(), users: new Set<string>() }
      : { rooms: this.#rooms, users: this.#users };
    const changed = new Map<string, number>();
    for (const room of this.#deferred) changed.set(room, rooms.get(room) ?? 0);
    for (const room of before.rooms.keys()) if (!rooms.has(room)) changed.set(room, 0);
    for (const [room, count] of rooms) if (before.rooms.get(room) !== count) changed.set(room, count);
    const done = await this.#report({
      full: this.#full,
      closing: false,
      rooms: changed,
      came: without(users, before.users),
      gone: without(before.users, users),
    });
    this.#full = !done;
    if (done) [this.#rooms, this.#users] = [rooms, users];
  }

  async #report(report: CensusReport): Promise<boolean> {
    const { store, delivery, roomKinds, trouble } = this.#parts;
    try {
      const { unknown, audiences, deferred, presences } = await store.report(report);
      this.#deferred = deferred;
      for (const { room, count } of audiences) {
        const { kind, id } = splitRoom(room);
        const type = roomKinds.get(kind)?.audience?.type;
        if (type) delivery.signal({ to: room, type, data: { [`${kind}Id`]: id, count } });
      }
      for (const state of presences) delivery.signal({ to: presenceRoom(state.userId), type: 'presence', data: state });
      return !unknown;
    } catch (error) {
      trouble.report('viewers and presence could not be reported', error);
      return false;
    }
  }

  #countedRooms(sizes: ReadonlyMap<string, number>): Map<string, number> {
    const { roomKinds } = this.#parts;
    return new Map([...sizes].filter(([room, size]) => size > 0 && roomKinds.get(splitRoom(room).kind)?.audience));
  }
}

function without(all: ReadonlySet<string>, others: ReadonlySet<string>): string[] {
  return [...all].filter((one) => !others.has(one));
}

/** `stream:abc` → `stream` and `abc`. Ids may hold colons. */
export function splitRoom(room: string): { kind: string; id: string } {
  const colon = room.indexOf(':');
  return colon === -1 ? { kind: '', id: room } : { kind: room.slice(0, colon), id: room.slice(colon + 1) };
}

/** The internal room of those who watch a person's presence. */
export function presenceRoom(userId: string): string {
  return `presence:${userId}`;
}
