import { limits } from '../domain/kernel/index.ts';
import { roomFrame, type Frame } from './frame.ts';

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
  /** What is kept, contiguous up to the head, oldest first, as texts `{"type":…,"at":…,"data":…}`. */
  readonly texts: readonly string[];
}

export interface RoomHistory {
  readonly epoch: string;
  readonly head: number;
  readonly events: readonly NumberedEvent[];
  /** Whether `events` are all that happened after the cursor. All or nothing: never a part. */
  readonly recovered: boolean;
}

/** Events of one room that get their numbers together. */
export interface RoomBatch {
  /** Numbers this node's batches: one that is appended again because its answer was lost is not kept twice. */
  readonly id: number;
  /** Begins a new epoch, after messages of the room were lost. */
  readonly restart: boolean;
  readonly texts: readonly string[];
}

/** The bounded history of public rooms: the last `limits.roomHistoryEvents`, none older than `limits.roomHistoryMs`. */
export interface RoomLog {
  /** Numbers, keeps and publishes: every node gets the frames of a room in the order of their numbers. */
  append(room: string, batch: RoomBatch): Promise<void>;
  /** What is kept after a number; all of it when `after` is null. Gives a room that is new its epoch. */
  read(room: string, after: number | null): Promise<KeptEvents>;
  /** Where rooms stand, in the order asked for; null for one that is unknown. */
  heads(rooms: readonly string[]): Promise<(RoomCursor | null)[]>;
}

/** What happened after a cursor, if the log still knows. */
export async function historySince(log: RoomLog, room: string, cursor: RoomCursor): Promise<RoomHistory> {
  const kept = await log.read(room, cursor.seq);
  const recovered = reaches(kept, cursor);
  return { epoch: kept.epoch, head: kept.head, events: recovered ? numbered(kept) : [], recovered };
}

/** Whether what was read goes on where the cursor stands. */
export function reaches({ epoch, head, texts }: KeptEvents, cursor: RoomCursor): boolean {
  return cursor.epoch === epoch && cursor.seq <= head && head - texts.length === cursor.seq;
}

export function numbered({ head, texts }: KeptEvents): NumberedEvent[] {
  const first = head - texts.length + 1;
  return texts.map((text, index) => ({ seq: first + index, ...(JSON.parse(text) as Omit<NumberedEvent, 'seq'>) }));
}

export function newEpoch(): string {
  return crypto.randomUUID().slice(0, 8);
}

interface Kept {
  readonly epoch: string;
  head: number;
  texts: string[];
}

/** Rooms in memory at most. The one untouched for longest goes first, and gets a new epoch when it returns. */
const roomsMax = 10_000;

/** The log of the only node there is: what is appended is heard at once. */
export class MemoryRoomLog implements RoomLog {
  readonly #rooms = new Map<string, Kept>();
  readonly #heard: (frame: Frame) => void;

  constructor(heard: (frame: Frame) => void) {
    this.#heard = heard;
  }

  async append(room: string, { restart, texts }: RoomBatch): Promise<void> {
    if (restart) this.#rooms.delete(room);
    const kept = this.#touch(room);
    const first = kept.head + 1;
    kept.head += texts.length;
    kept.texts = fresh([...kept.texts, ...texts]).slice(-limits.roomHistoryEvents);
    this.#heard(roomFrame(room, { epoch: kept.epoch, first, texts }));
  }

  async read(room: string, after: number | null): Promise<KeptEvents> {
    const { epoch, head, texts } = this.#touch(room);
    const wanted = after === null ? head : Math.max(0, head - after);
    return { epoch, head, texts: wanted === 0 ? [] : fresh(texts).slice(-wanted) };
  }

  async heads(rooms: readonly string[]): Promise<(RoomCursor | null)[]> {
    return rooms.map((room) => {
      const kept = this.#rooms.get(room);
      return kept ? { epoch: kept.epoch, seq: kept.head } : null;
    });
  }

  #touch(room: string): Kept {
    const kept = this.#rooms.get(room) ?? { epoch: newEpoch(), head: 0, texts: [] };
    // A map keeps the order of insertion: deleting first makes this room the youngest.
    this.#rooms.delete(room);
    this.#rooms.set(room, kept);
    const [eldest] = this.#rooms.keys();
    if (this.#rooms.size > roomsMax && eldest !== undefined) this.#rooms.delete(eldest);
    return kept;
  }
}

/** Without the events past their time. */
export function fresh(texts: readonly string[]): string[] {
  const since = new Date(Date.now() - limits.roomHistoryMs).toISOString();
  const first = texts.findIndex((text) => (JSON.parse(text) as NumberedEvent).at >= since);
  return first === -1 ? [] : texts.slice(first);
}
