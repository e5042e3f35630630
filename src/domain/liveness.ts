import { Client, type ClientConfig } from 'pg';
import type { Liveness } from './kernel/index.ts';

export interface LivenessParts {
  readonly connection: ClientConfig;
  /** Whether only a server that takes writes counts; a standby that waits for its promotion does not. */
  readonly writable: boolean;
  /** Asked after each answer; a failure counts as none. */
  readonly confirm: (client: Client) => Promise<void>;
  /** The server has gone: what is under way on its connections shall end now. */
  readonly onLost: () => void;
}

export interface LivenessWatch extends Liveness {
  /** Calls with the cause when the server goes, and with null when it is back. */
  onChange(listener: (cause: Error | null) => void): void;
  stop(): void;
}

const tickMs = 250;
/** Ticks between an answer and the next question. */
const pauseTicks = 4;
/**
 * Ticks without an answer after which the server counts as away: 2 s. Counted and not measured, because a process that
 * was itself held up finds the answer waiting after its first tick.
 */
const patienceTicks = 8;

class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
}

/**
 * Asks the server every second on a connection of its own, which no load on the pool can hold up. A cut connection is
 * tried anew at once; the server counts as away when that fails too, or when it does not answer for two seconds.
 */
export function watchLiveness(parts: LivenessParts): LivenessWatch {
  const watch = new Watch(parts);
  watch.start();
  return watch;
}

class Watch implements LivenessWatch {
  awaySince: number | null = null;
  backSince: number | null = null;
  readonly #parts: LivenessParts;
  readonly #listeners: ((cause: Error | null) => void)[] = [];
  #timer: NodeJS.Timeout | undefined;
  #client: Client | null = null;
  /** The question under way; an answer to an older one is not heard any more. */
  #question = 0;
  #isAsking = false;
  #ticks = 0;

  constructor(parts: LivenessParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#timer = setInterval(() => this.#tick(), tickMs).unref();
    this.#ask();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#question += 1;
    this.#drop();
  }

  onChange(listener: (cause: Error | null) => void): void {
    this.#listeners.push(listener);
  }

  #tick(): void {
    this.#ticks += 1;
    if (this.#isAsking) {
      if (this.#ticks >= patienceTicks) this.#failed(new NoAnswerError('the database does not answer'));
    } else if (this.#ticks >= pauseTicks || this.awaySince !== null) {
      this.#ask();
    }
  }

  #ask(): void {
    const question = (this.#question += 1);
    this.#isAsking = true;
    this.#ticks = 0;
    this.#answers(question).then(
      () => question === this.#question && this.#answered(),
      (error: unknown) => question === this.#question && this.#failed(error as Error),
    );
  }

  /** A connection kept from the last question may have been cut for reasons of its own, so a new one is tried. */
  async #answers(question: number): Promise<void> {
    const kept = this.#client;
    if (kept) {
      try {
        return await this.#askOn(kept);
      } catch {
        if (question !== this.#question) return;
        this.#drop();
      }
    }
    try {
      await this.#askOn(await this.#connect());
    } catch (error) {
      // Too many connections: the server is there, it only has no place for ours.
      if ((error as { code?: unknown }).code !== '53300') throw error;
    }
  }

  async #askOn(client: Client): Promise<void> {
    const { rows } = await client.query<{ standby: boolean }>('select pg_is_in_recovery() as standby');
    if (this.#parts.writable && rows[0]?.standby) throw new NoAnswerError('the database is a standby');
    await this.#parts.confirm(client);
  }

  async #connect(): Promise<Client> {
    const client = new Client(this.#parts.connection);
    client.on('error', () => {});
    client.once('end', () => {
      // A cut between questions: ask at once instead of a second later.
      if (this.#client !== client) return;
      this.#client = null;
      if (!this.#isAsking) this.#ask();
    });
    this.#client = client;
    await client.connect();
    return client;
  }

  #answered(): void {
    this.#isAsking = false;
    this.#ticks = 0;
    if (this.awaySince === null) return;
    this.awaySince = null;
    this.backSince = performance.now();
    for (const listener of this.#listeners) listener(null);
  }

  #failed(cause: Error): void {
    this.#question += 1;
    this.#isAsking = false;
    this.#ticks = 0;
    this.#drop();
    if (this.awaySince !== null) return;
    this.awaySince = performance.now();
    this.#parts.onLost();
    for (const listener of this.#listeners) listener(cause);
  }

  #drop(): void {
    const client = this.#client;
    this.#client = null;
    if (client) cut(client);
  }
}

/** Ends a connection now. `end` would wait for a server that does not answer. */
export function cut(client: Client): void {
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
}
