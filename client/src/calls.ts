import type { Connection } from './connection.ts';
import { ownError, toSokoError, type SokoError } from './errors.ts';
import { operationKinds } from './operation-kinds.ts';

export interface CallOptions {
  /** How long one attempt waits for its answer, milliseconds. Default 10,000. */
  readonly timeoutMs?: number;
  /** How often a call that may be repeated is sent when no answer comes. Default 3. */
  readonly attempts?: number;
  /** How long the call waits for a connection, milliseconds. Default 30,000; 0 fails at once. */
  readonly waitMs?: number;
  /** 1–64 characters naming this intent; default a new UUID for each call of a mutating command. */
  readonly idempotencyKey?: string;
}

/** Calls that wait for a connection; more are refused. */
const queueMax = 200;
const kinds: Readonly<Record<string, 'command' | 'query' | undefined>> = operationKinds;

interface Waiter {
  readonly go: () => void;
  readonly fail: (error: SokoError) => void;
}

/** Sends calls, in the order made, when there is a connection; repeats what may be repeated, with the same key. */
export class Calls {
  readonly #connection: Connection;
  readonly #signedIn: () => boolean;
  readonly #waiting = new Set<Waiter>();
  #closed: SokoError | null = null;

  constructor(connection: Connection, signedIn: () => boolean) {
    this.#connection = connection;
    this.#signedIn = signedIn;
  }

  async call(name: string, input: object, options: CallOptions): Promise<unknown> {
    const { timeoutMs = 10_000, attempts = 3, waitMs = 30_000, idempotencyKey = newKey() } = options;
    const keyed = kinds[name] === 'command' ? { ...input, idempotencyKey } : input;
    for (let attempt = 1; ; attempt += 1) {
      await this.#online(waitMs);
      const sent = await this.#connection.send(name, keyed, timeoutMs);
      if (typeof sent === 'object') return dataOf(sent.answer);
      if (this.#closed) throw this.#closed;
      if (attempt >= attempts || !this.#repeatable(name)) throw ownError(`client.${sent}`);
    }
  }

  /** Sends on the connection that is up now, once. */
  async once(name: string, input: object): Promise<unknown> {
    const sent = await this.#connection.send(name, input, 10_000);
    if (typeof sent === 'object') return dataOf(sent.answer);
    throw this.#closed ?? ownError(`client.${sent}`);
  }

  /** The connection is up. */
  flush(): void {
    for (const waiter of this.#waiting) waiter.go();
  }

  /** There will be no connection again. */
  close(error: SokoError): void {
    this.#closed = error;
    for (const waiter of this.#waiting) waiter.fail(error);
  }

  /** Queries change nothing, and the server knows a signed-in user's key again; it keeps none for guests. */
  #repeatable(name: string): boolean {
    return kinds[name] === 'query' || (kinds[name] === 'command' && this.#signedIn());
  }

  #online(waitMs: number): Promise<void> {
    if (this.#closed) return Promise.reject(this.#closed);
    if (this.#connection.online) return Promise.resolve();
    if (this.#waiting.size >= queueMax) return Promise.reject(ownError('client.queue_full'));
    return new Promise((resolve, reject) => {
      const settle = (end: () => void) => {
        clearTimeout(timer);
        this.#waiting.delete(waiter);
        end();
      };
      const waiter = { go: () => settle(resolve), fail: (error: SokoError) => settle(() => reject(error)) };
      const timer = setTimeout(() => waiter.fail(ownError('client.offline')), waitMs);
      this.#waiting.add(waiter);
    });
  }
}

function dataOf(answer: unknown): unknown {
  const { ok, data, error } = (answer ?? {}) as { ok?: boolean; data?: unknown; error?: unknown };
  if (ok === true) return data;
  throw toSokoError(error);
}

/** `randomUUID` is missing from browsers on pages without TLS. */
function newKey(): string {
  const { crypto } = globalThis;
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
