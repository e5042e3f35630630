import { nowMs } from './wire.ts';

export interface NumberedEvent {
  readonly seq: number;
  readonly type: string;
  readonly data: any;
}

export interface Cursor {
  readonly epoch: string;
  readonly seq: number;
}

/** What a pull found: what was missed, or where to start anew because that is not kept; null when it failed. */
export type Found = { readonly events: readonly NumberedEvent[] } | { readonly from: Cursor } | null;

interface Page {
  readonly epoch: string;
  readonly events: readonly NumberedEvent[];
}

/** The client's rule of the protocol: the next number is applied, an older one dropped, a gap pulled. */
export class Numbered {
  dropped = 0;
  pulls = 0;
  restarts = 0;
  cursor: Cursor | null = null;
  readonly #hear: (event: NumberedEvent, atMs: number) => void;
  readonly #pull: (cursor: Cursor) => Promise<Found>;
  /** What came before it is known where to go on; null while nothing has to wait. */
  #held: Page[] | null = null;
  #pulling = false;
  #again = false;

  constructor(hear: (event: NumberedEvent, atMs: number) => void, pull: (cursor: Cursor) => Promise<Found>) {
    this.#hear = hear;
    this.#pull = pull;
  }

  /** Keeps what comes until `resume` or `restart` says where to go on. */
  hold(): void {
    this.#held ??= [];
  }

  /** Goes on from the cursor with what was missed. */
  resume(missed: Page, atMs: number): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const page of [missed, ...held]) this.take(page, atMs);
  }

  /** Starts from a number, without what was before it. */
  restart(cursor: Cursor, atMs: number): void {
    if (this.cursor) this.restarts += 1;
    this.cursor = cursor;
    this.resume({ epoch: cursor.epoch, events: [] }, atMs);
  }

  take(page: Page, atMs: number): void {
    if (this.#held) return void this.#held.push(page);
    const { cursor } = this;
    if (!cursor) return;
    if (page.epoch !== cursor.epoch) return this.#mend();
    for (const event of page.events) {
      if (event.seq <= this.cursor!.seq) this.dropped += 1;
      else if (event.seq > this.cursor!.seq + 1) return this.#mend();
      else {
        this.cursor = { epoch: cursor.epoch, seq: event.seq };
        this.#hear(event, atMs);
      }
    }
  }

  /** The server says that there are events up to this number. */
  lookUpTo({ seq }: { seq: number }): void {
    if (this.cursor && seq > this.cursor.seq) this.#mend();
  }

  /** One pull at a time. What shows a gap meanwhile asks for another one. */
  #mend(): void {
    this.#again = true;
    if (!this.#pulling) void this.#pullAll();
  }

  async #pullAll(): Promise<void> {
    this.#pulling = true;
    while (this.#again && this.cursor) {
      this.#again = false;
      this.pulls += 1;
      const found = await this.#pull(this.cursor);
      // A pull that failed is repeated by the next gap or after the next connect.
      if (!found) continue;
      if ('from' in found) this.restart(found.from, nowMs());
      else this.take({ epoch: this.cursor.epoch, events: found.events }, nowMs());
    }
    this.#pulling = false;
  }
}
