import {
  CommandError,
  limits,
  type Connection,
  type Execute,
  type RoomContext,
  type RoomKind,
} from '../domain/kernel/index.ts';
import { presenceRoom, splitRoom, type Census, type PresenceState } from './census.ts';
import type { RoomFeed } from './room-feed.ts';
import {
  historySince,
  numbered,
  type NumberedEvent,
  type RoomCursor,
  type RoomHistory,
  type RoomLog,
} from './room-log.ts';

import { RoomViews, type RoomView } from './room-views.ts';

/** Who asks, with what a room's rule needs to decide. */
export type Visitor = Omit<RoomContext, 'id'>;

export interface JoinedRoom {
  readonly room: string;
  readonly epoch: string;
  readonly head: number;
  readonly snapshot: Record<string, unknown>;
  readonly events: readonly NumberedEvent[];
  readonly recovered: boolean;
}

interface MembershipParts {
  readonly log: RoomLog;
  readonly feed: RoomFeed;
  readonly census: Census;
  readonly roomKinds: ReadonlyMap<string, RoomKind>;
  readonly execute: Execute;
  /** Resolves when this node receives what is published to the rooms joined so far. */
  readonly subscribed: () => Promise<void>;
}

/** Joining, leaving and reading public rooms, and watching people's presence. */
export class Membership {
  readonly #parts: MembershipParts;
  readonly #views = new RoomViews();

  constructor(parts: MembershipParts) {
    this.#parts = parts;
  }

  /**
   * Nothing falls between history and live: the socket joins first, then the log is read, then the room's view. The
   * room's rule is asked before joining and again after, because an eviction in between would have found nobody.
   */
  async join({
    connection,
    room,
    after,
    visitor,
  }: {
    connection: Connection;
    room: string;
    after?: RoomCursor | undefined;
    visitor: Visitor;
  }): Promise<JoinedRoom | 'rooms.not_found' | 'rooms.too_many'> {
    if (!(await this.admits(room, visitor))) return 'rooms.not_found';
    const rejoined = connection.rooms.has(room);
    await connection.join(room);
    if (!rejoined && this.#joinedRooms(connection) > limits.roomsPerSocket) {
      await connection.leave(room);
      return 'rooms.too_many';
    }
    const history = await this.#read(room, after).catch(async (error: unknown) => {
      if (!rejoined) await connection.leave(room);
      throw error;
    });
    const [snapshot, stays] = await Promise.all([this.#view(room, history, visitor), this.admits(room, visitor)]);
    if (snapshot === null || !stays) {
      await connection.leave(room);
      return 'rooms.not_found';
    }
    await this.#welcome(room, visitor);
    return { room, ...history, snapshot };
  }

  /** False when there is no such kind of room. Leaving a room one is not in is fine. */
  async leave({ connection, room }: { connection: Connection; room: string }): Promise<boolean> {
    if (!this.#parts.roomKinds.has(splitRoom(room).kind)) return false;
    await connection.leave(room);
    return true;
  }

  /** What happened in a room after a cursor; null when the room does not exist for this visitor. */
  async history({
    room,
    after,
    visitor,
  }: {
    room: string;
    after: RoomCursor;
    visitor: Visitor;
  }): Promise<RoomHistory | null> {
    if (!(await this.admits(room, visitor))) return null;
    return available(historySince(this.#parts.log, room, after));
  }

  /** Whether the room's rule lets this visitor in now. */
  async admits(room: string, visitor: Visitor): Promise<boolean> {
    const { kind, id } = splitRoom(room);
    // A fork reads afresh: asked twice, one entity manager would answer from what it loaded before.
    return (await this.#parts.roomKinds.get(kind)?.admits({ ...visitor, db: visitor.db.fork(), id })) ?? false;
  }

  /** Signals of these people's presence go to this socket from now on; those watched before are dropped. */
  async watch(connection: Connection, userIds: readonly string[]): Promise<PresenceState[]> {
    const wanted = new Set(userIds.map(presenceRoom));
    const watched = [...connection.rooms].filter((room) => splitRoom(room).kind === 'presence');
    await Promise.all(watched.filter((room) => !wanted.has(room)).map((room) => connection.leave(room)));
    await Promise.all([...wanted].map((room) => connection.join(room)));
    return available(this.#parts.subscribed().then(() => this.#parts.census.presences(userIds)));
  }

  #view(room: string, history: RoomHistory, { db, now, port }: Visitor): Promise<RoomView> {
    const { kind, id } = splitRoom(room);
    const read = async () => (await this.#parts.roomKinds.get(kind)?.view({ db: db.fork(), now, port, id })) ?? null;
    return this.#views.at(room, history, read);
  }

  async #read(room: string, after: RoomCursor | undefined): Promise<RoomHistory> {
    const { feed, subscribed } = this.#parts;
    await available(subscribed());
    const history = await available(after ? historySince(this.#parts.log, room, after) : this.#recent(room));
    feed.note(room, { epoch: history.epoch, seq: history.head });
    return history;
  }

  async #recent(room: string): Promise<RoomHistory> {
    const kept = await this.#parts.log.read(room, null);
    const events = numbered({ ...kept, texts: kept.texts.slice(-limits.roomJoinEvents) });
    return { epoch: kept.epoch, head: kept.head, events, recovered: true };
  }

  /** The room is joined whether or not this works; a failure is observed by the pipeline. */
  async #welcome(room: string, { actor }: Visitor): Promise<void> {
    const { kind, id } = splitRoom(room);
    const joined = this.#parts.roomKinds.get(kind)?.joined;
    if (!joined) return;
    const userId = actor.kind === 'user' ? actor.userId : null;
    await this.#parts.execute(
      joined.name,
      { id, userId },
      {
        actor: { kind: 'system', cause: `join of ${kind}` },
        meta: { requestId: crypto.randomUUID(), ip: '' },
      },
    );
  }

  #joinedRooms(connection: Connection): number {
    return [...connection.rooms].filter((room) => this.#parts.roomKinds.has(splitRoom(room).kind)).length;
  }
}

/** A failure of the log or the counts means that Redis is away. */
async function available<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch {
    throw new CommandError('server.unavailable', { retryAfterMs: 1_000 });
  }
}
