import { limits, type RoomMessage } from '../domain/kernel/index.ts';

/** An event of a public room as it goes over the wire. `seq` counts 1, 2, 3 … within an epoch of the room. */
export interface NumberedEvent {
  readonly seq: number;
  readonly type: string;
  /** ISO 8601. */
  readonly at: string;
  readonly data: unknown;
}

export interface RoomCursor {
  readonly epoch: string;
  readonly seq: number;
}

export interface KeptEvents {
  readonly epoch: string;
  /** Number of the newest event, 0 when there is none. */
  readonly head: number;
  /** What is kept, contiguous up to the head, oldest first. */
  readonly events: readonly NumberedEvent[];
}

export interface RoomHistory extends KeptEvents {
  /** Whether `events` are all that happened after the cursor. All or nothing: never a part. */
  readonly recovered: boolean;
}

/** The bounded history of public rooms: the last `limits.roomHistoryEvents`, none older than `limits.roomHistoryMs`. */
export interface RoomLog {
  /** Numbers and keeps messages of one room. `restart` begins a new epoch, after messages of the room were lost. */
  append(
    room: string,
    messages: readonly RoomMessage[],
    restart: boolean,
  ): Promise<{ epoch: string; events: NumberedEvent[] }>;
  /** What is kept after a number; all of it when `after` is null. Gives a room that is new its epoch. */
  read(room: string, after: number | null): Promise<KeptEvents>;
}

/** What happened after a cursor, if the log still knows. */
export async function historySince(log: RoomLog, room: string, cursor: RoomCursor): Promise<RoomHistory> {
  const { epoch, head, events } = await log.read(room, cursor.seq);
  const oldest = events[0]?.seq ?? head + 1;
  const recovered = cursor.epoch === epoch && cursor.seq <= head && oldest === cursor.seq + 1;
  return { epoch, head, events: recovered ? events : [], recovered };
}

export function newEpoch(): string {
  return crypto.randomUUID().slice(0, 8);
}

interface Kept {
  readonly epoch: string;
  head: number;
  events: NumberedEvent[];
}

/** Rooms in memory at most. The one untouched for longest goes first, and gets a new epoch when it returns. */
const roomsMax = 10_000;

export class MemoryRoomLog implements RoomLog {
  readonly #rooms = new Map<string, Kept>();

  async append(room: string, messages: readonly RoomMessage[], restart: boolean) {
    if (restart) this.#rooms.delete(room);
    const kept = this.#touch(room);
    const events = messages.map(({ type, at, data }, index) => ({ seq: kept.head + 1 + index, type, at, data }));
    kept.head += events.length;
    kept.events = fresh([...kept.events, ...events]).slice(-limits.roomHistoryEvents);
    return { epoch: kept.epoch, events };
  }

  async read(room: string, after: number | null): Promise<KeptEvents> {
    const { epoch, head, events } = this.#touch(room);
    return { epoch, head, events: fresh(events).filter(({ seq }) => after === null || seq > after) };
  }

  #touch(room: string): Kept {
    const kept = this.#rooms.get(room) ?? { epoch: newEpoch(), head: 0, events: [] };
    // A map keeps the order of insertion: deleting first makes this room the youngest.
    this.#rooms.delete(room);
    this.#rooms.set(room, kept);
    const [eldest] = this.#rooms.keys();
    if (this.#rooms.size > roomsMax && eldest !== undefined) this.#rooms.delete(eldest);
    return kept;
  }
}

/** Without the events past their time. */
export function fresh(events: readonly NumberedEvent[]): NumberedEvent[] {
  const since = new Date(Date.now() - limits.roomHistoryMs).toISOString();
  const first = events.findIndex(({ at }) => at >= since);
  return first === -1 ? [] : events.slice(first);
}
