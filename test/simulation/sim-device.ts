import { EntityStore, type connect, type Cursor, type InboxEvent, type SokoClient } from '../../client/src/index.ts';
import type { SimDatabase } from './sim-database.ts';

type Connect = typeof connect;

const veryLongMs = 1e9;

/**
 * One app of a person: the real client, with what the app keeps. Judges at every step that events come in order, once,
 * as they stand in the database, and that a log is left only through a snapshot.
 */
export class SimDevice {
  readonly userId: string;
  readonly violations: string[] = [];
  readonly #database: SimDatabase;
  readonly #connect: Connect;
  #store = new EntityStore();
  #cursor: Cursor | null = null;
  #applied: InboxEvent | null = null;
  #snapshot: Cursor | null = null;
  /** Callbacks of a client that the app has ended must not come any more. */
  #starts = 0;
  #client: SokoClient | null = null;

  constructor({ userId, database, connect }: { userId: string; database: SimDatabase; connect: Connect }) {
    this.userId = userId;
    this.#database = database;
    this.#connect = connect;
    this.start();
  }

  get cursor(): Cursor | null {
    return this.#cursor;
  }

  /** Opens the app, which goes on from what it kept. */
  start(): void {
    const start = (this.#starts += 1);
    const current =
      <T>(run: (told: T) => void) =>
      (told: T) => {
        if (start === this.#starts) run.call(this, told);
        else this.violations.push('a closed client went on');
      };
    const client = this.#connect({
      url: 'http://simulated',
      token: this.userId,
      inbox: this.#cursor,
      store: this.#store,
      connectWithinMs: veryLongMs,
      onSnapshot: current(({ cursor }) => void (this.#snapshot = cursor)),
      onEvent: current((event) => this.#onEvent(event)),
      onCursor: current((cursor) => this.#onCursor(cursor)),
    });
    client.then(
      (connected) => {
        if (start === this.#starts) this.#client = connected;
        else connected.close();
      },
      (error: unknown) => void this.violations.push(`the client gave up: ${String(error)}`),
    );
  }

  /** Closes the app and opens it again: what is in memory only is gone. */
  restart(): void {
    if (!this.#client) return;
    this.#client.close();
    this.#client = null;
    this.start();
  }

  get connected(): boolean {
    return this.#client?.online ?? false;
  }

  /** What is wrong now that it should be current; empty when nothing is. */
  differences(): string[] {
    const { epoch } = this.#database;
    const head = this.#database.head(this.userId);
    const at = JSON.stringify(this.#cursor);
    if (this.#cursor?.epoch !== epoch || this.#cursor.seq !== head) {
      return [`${this.userId} stands at ${at}, the database at ${epoch}, ${head}`];
    }
    const text = (views: { id: string }[]) => JSON.stringify(views.toSorted((a, b) => (a.id < b.id ? -1 : 1)));
    const [own, wanted] = [text(this.#store.all('thing')), text(this.#database.state(this.userId))];
    return own === wanted ? [] : [`${this.userId} holds ${own} at ${at}, the database ${wanted}`];
  }

  #onEvent(event: InboxEvent): void {
    const cursor = this.#cursor;
    if (!cursor || event.seq !== cursor.seq + 1) {
      this.violations.push(`event ${event.seq} was applied at ${JSON.stringify(cursor)}`);
    } else {
      const stored = this.#database.event(this.userId, { epoch: cursor.epoch, seq: event.seq });
      if (JSON.stringify(stored?.data) !== JSON.stringify(event.data)) {
        this.violations.push(`event ${event.seq} of ${cursor.epoch} is not the one in the database`);
      }
    }
    this.#applied = event;
  }

  #onCursor(cursor: Cursor): void {
    const before = this.#cursor;
    const [applied, snapshot] = [this.#applied, this.#snapshot];
    [this.#applied, this.#snapshot] = [null, null];
    this.#cursor = cursor;
    const isNext = applied?.seq === cursor.seq && before?.epoch === cursor.epoch && before.seq + 1 === cursor.seq;
    const isRead = snapshot?.epoch === cursor.epoch && snapshot.seq === cursor.seq;
    if (!isNext && !isRead) {
      this.violations.push(`the cursor went from ${JSON.stringify(before)} to ${JSON.stringify(cursor)}`);
    }
    if (isRead && before?.epoch === cursor.epoch && cursor.seq < before.seq) {
      this.violations.push(`a snapshot went back from ${before.seq} to ${cursor.seq}`);
    }
  }
}
