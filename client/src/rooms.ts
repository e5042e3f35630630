import { guarded, type Emitter } from './emitter.ts';
import { OrderedFeed, type Reading } from './feed.ts';
import type { Cursor, RoomEvent } from './protocol.ts';

type NumberedEvent = Omit<RoomEvent, 'room'>;

interface RoomAnswer {
  readonly epoch: string;
  readonly head: number;
  readonly events: readonly NumberedEvent[];
  readonly recovered: boolean;
  readonly snapshot: Readonly<Record<string, unknown>>;
}

interface RoomsParts {
  readonly call: (name: string, input: object) => Promise<unknown>;
  readonly fatal: (error: unknown) => boolean;
  readonly emitter: Emitter;
}

/** A public room that this client is in, across reconnects, until it leaves or is put out. */
export interface Room {
  readonly name: string;
  /** The room's view when it was last read. */
  readonly snapshot: Readonly<Record<string, unknown>>;
  /** The last event applied. */
  readonly cursor: Cursor | null;
  leave(): Promise<void>;
}

class JoinedRoom implements Room {
  readonly name: string;
  readonly #parts: RoomsParts;
  readonly #left: () => void;
  readonly feed: OrderedFeed<NumberedEvent>;
  #joined = false;
  snapshot: Readonly<Record<string, unknown>> = {};

  constructor(name: string, parts: RoomsParts, { after, left }: { after: Cursor | null; left: () => void }) {
    this.name = name;
    this.#parts = parts;
    this.#left = left;
    const source = {
      read: (cursor: Cursor | null) => this.#read(cursor),
      apply: (event: NumberedEvent) => {
        const told: RoomEvent = { room: name, ...event };
        parts.emitter.emit('room', told);
        parts.emitter.emit(event.type, told);
      },
      moved: () => {},
      fatal: parts.fatal,
    };
    this.feed = new OrderedFeed(source, after);
  }

  get cursor(): Cursor | null {
    return this.feed.cursor;
  }

  /** Enters the room on the connection that is up now. Rejects, and forgets the room, when it may not be entered. */
  async open(): Promise<void> {
    try {
      await this.feed.open({ unread: true });
    } catch (error) {
      this.#left();
      this.#parts.emitter.emit('roomClosed', { room: this.name, error });
      throw error;
    }
  }

  close(): void {
    this.#joined = false;
    this.feed.close();
  }

  async leave(): Promise<void> {
    this.#left();
    this.close();
    await this.#parts.call('rooms.leave', { room: this.name });
  }

  async #read(after: Cursor | null): Promise<Reading<NumberedEvent>> {
    const room = this.name;
    if (this.#joined && after) {
      const history = (await this.#parts.call('rooms.history', {
        room,
        epoch: after.epoch,
        after: after.seq,
      })) as RoomAnswer;
      return history.recovered ? { kind: 'events', ...history } : { kind: 'lost' };
    }
    const answer = (await this.#parts.call('rooms.join', { room, ...(after ? { after } : {}) })) as RoomAnswer;
    this.#joined = true;
    this.snapshot = answer.snapshot;
    if (after && answer.recovered) return { kind: 'events', ...answer };
    const { snapshot, events } = answer;
    guarded(() => this.#parts.emitter.emit('roomSnapshot', { room, snapshot, recent: events }));
    return { kind: 'fresh', cursor: { epoch: answer.epoch, seq: answer.head } };
  }
}

/** The public rooms of this client. Each is entered again after a reconnect, from where it stood. */
export class Rooms {
  readonly #parts: RoomsParts;
  readonly #rooms = new Map<string, JoinedRoom>();

  constructor(parts: RoomsParts) {
    this.#parts = parts;
  }

  async join(name: string, after: Cursor | null): Promise<Room> {
    const known = this.#rooms.get(name);
    if (known) return known;
    const room = new JoinedRoom(name, this.#parts, { after, left: () => void this.#rooms.delete(name) });
    this.#rooms.set(name, room);
    await room.open();
    return room;
  }

  receive({ room, epoch, events }: { room: string; epoch: string; events: readonly NumberedEvent[] }): void {
    this.#rooms.get(room)?.feed.receive(epoch, events);
  }

  open(): void {
    for (const room of this.#rooms.values()) void room.open().catch(() => {});
  }

  close(): void {
    for (const room of this.#rooms.values()) room.close();
  }
}
