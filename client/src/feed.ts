import { wait } from './backoff.ts';
import type { Cursor } from './protocol.ts';

interface Numbered {
  readonly seq: number;
}

/** What a read answers: the events after the cursor, a fresh start, or that the events are no longer kept. */
export type Reading<E> =
  | { readonly kind: 'events'; readonly epoch: string; readonly head: number; readonly events: readonly E[] }
  | { readonly kind: 'fresh'; readonly cursor: Cursor }
  | { readonly kind: 'lost' };

export interface FeedSource<E> {
  /** Reads what happened after the cursor; without one, reads the state itself and answers `fresh`. */
  read(after: Cursor | null): Promise<Reading<E>>;
  apply(event: E): void;
  /** The cursor after each step, for keeping. */
  moved(cursor: Cursor): void;
  /** Whether no repeat can help; then the feed stops and tells. */
  fatal(error: unknown): boolean;
}

/** Events that came too early, kept until the gap is read; what is beyond is read again instead. */
const heldMax = 1_000;
const slowestReadMs = 5_000;

/** One connection's time. Readings that outlive their connection are discarded. */
interface Session {
  unread: boolean;
  working: Promise<void> | null;
}

/**
 * A numbered log, applied in order and once, however its events arrive: `≤ mine` is dropped, `mine + 1` applied, later
 * ones held while the gap is read. After a change of epoch the state is read afresh. Inbox and public rooms are both
 * read through this.
 */
export class OrderedFeed<E extends Numbered> {
  readonly #source: FeedSource<E>;
  readonly #pause: (ms: number) => Promise<void>;
  #cursor: Cursor | null;
  readonly #held = new Map<number, E>();
  /** The newest number heard of, with the epoch of what is held. */
  #heard: Cursor | null = null;
  #session: Session | null = null;

  constructor(source: FeedSource<E>, cursor: Cursor | null, pause: (ms: number) => Promise<void> = wait) {
    this.#source = source;
    this.#cursor = cursor;
    this.#pause = pause;
  }

  get cursor(): Cursor | null {
    return this.#cursor;
  }

  /**
   * The connection is up: from here on gaps are read. `unread` asks for a read in any case. Resolves when nothing is
   * known to be missing, rejects when reading failed for good.
   */
  open({ unread }: { unread: boolean }): Promise<void> {
    this.#session = { unread, working: null };
    return this.#work();
  }

  /** The connection is gone: reading stops until `open`. */
  close(): void {
    this.#session = null;
  }

  /** Starts over at a cursor; null reads the state anew. */
  restart(cursor: Cursor | null): void {
    this.#cursor = cursor;
    if (cursor === null) return;
    if (this.#heard) this.#doubt(this.#heard.epoch);
    for (const seq of this.#held.keys()) if (seq <= cursor.seq) this.#held.delete(seq);
    this.#source.moved(cursor);
    this.#drain();
  }

  /** Takes events as they arrive, in any order and as often as they like. */
  receive(epoch: string, events: readonly E[]): void {
    // A frame without events tells of a new epoch.
    if (events.length === 0) this.#doubt(epoch);
    for (const event of events) this.#hold(epoch, event);
    this.#drain();
    void this.#work().catch(() => {});
  }

  /** Learns how far the log goes, without its events. */
  announce(head: Cursor): void {
    this.#hear(head);
    void this.#work().catch(() => {});
  }

  #hear({ epoch, seq }: Cursor): void {
    this.#doubt(epoch);
    if (this.#heard?.epoch !== epoch) {
      this.#held.clear();
      this.#heard = { epoch, seq };
    } else if (this.#heard.seq < seq) {
      this.#heard = { epoch, seq };
    }
  }

  /** Two epochs are about, and only the server knows which one is over: our cursor has to be read from. */
  #doubt(epoch: string): void {
    if (this.#session && this.#cursor !== null && this.#cursor.epoch !== epoch) this.#session.unread = true;
  }

  #hold(epoch: string, event: E): void {
    this.#hear({ epoch, seq: event.seq });
    const old = this.#cursor?.epoch === epoch && event.seq <= this.#cursor.seq;
    if (!old && this.#held.size < heldMax) this.#held.set(event.seq, event);
  }

  #drain(): void {
    while (this.#cursor !== null && this.#cursor.epoch === this.#heard?.epoch) {
      const event = this.#held.get(this.#cursor.seq + 1);
      if (event === undefined) return;
      this.#held.delete(event.seq);
      this.#source.apply(event);
      this.#cursor = { epoch: this.#cursor.epoch, seq: event.seq };
      this.#source.moved(this.#cursor);
    }
  }

  #behind(): boolean {
    if (this.#cursor === null) return true;
    return this.#heard?.epoch === this.#cursor.epoch && this.#heard.seq > this.#cursor.seq;
  }

  #work(): Promise<void> {
    const session = this.#session;
    if (session === null) return Promise.resolve();
    if (session.working === null && !session.unread && !this.#behind()) return Promise.resolve();
    session.working ??= this.#readOn(session);
    return session.working;
  }

  async #readOn(session: Session): Promise<void> {
    try {
      await this.#readAll(session);
    } finally {
      // Here and not in a later microtask: what is heard from now on starts the next round.
      session.working = null;
    }
  }

  async #readAll(session: Session): Promise<void> {
    const open = () => this.#session === session;
    for (let fruitless = 0; open() && (session.unread || this.#behind());) {
      const before = this.#cursor;
      session.unread = false;
      try {
        const reading = await this.#source.read(before);
        if (!open()) return;
        this.#take(reading);
      } catch (error) {
        if (this.#source.fatal(error)) throw error;
        session.unread = true;
      }
      const moved = this.#cursor?.seq !== before?.seq || this.#cursor?.epoch !== before?.epoch;
      fruitless = moved ? 0 : fruitless + 1;
      if (fruitless > 0 && open() && (session.unread || this.#behind())) {
        await this.#pause(Math.min(slowestReadMs, 50 * 2 ** fruitless));
      }
    }
  }

  #take(reading: Reading<E>): void {
    if (reading.kind === 'lost') {
      this.#cursor = null;
    } else if (reading.kind === 'fresh') {
      this.restart(reading.cursor);
    } else {
      for (const event of reading.events) this.#hold(reading.epoch, event);
      this.#hear({ epoch: reading.epoch, seq: reading.head });
      this.#drain();
    }
  }
}
