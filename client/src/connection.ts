import { io, type Socket } from 'socket.io-client';
import { backoffMs, toldMs } from './backoff.ts';
import { isSessionOver, SokoError, toSokoError } from './errors.ts';
import type { Cursor, Ready, SessionNotice } from './protocol.ts';

/** Why a token is asked for: a first connection, soon to expire, or refused as expired or unknown. */
export type TokenReason = 'connect' | 'expiring' | 'expired';

export interface ConnectionParts {
  readonly url: string;
  readonly token: (reason: TokenReason) => Promise<string | null>;
  /** initData of a Telegram Mini App, shown where there is no token. */
  readonly telegram: string | undefined;
  /** Whether `token` can give another one than it gave before. */
  readonly renewable: boolean;
  readonly cursor: () => Cursor | null;
  readonly client: { readonly platform: string; readonly version: string } | undefined;
  readonly onReady: (ready: Ready) => void;
  readonly onFrame: (kind: 'inbox' | 'room' | 'signal' | 'session', payload: never) => void;
  /** `retryInMs` is null when there will be no reconnect. */
  readonly onOffline: (told: { error: SokoError; retryInMs: number | null }) => void;
}

export type Sent = { readonly answer: unknown } | 'timeout' | 'offline';

/** A connection that becomes neither ready nor refused within this time is given up and tried anew. */
const readyWithinMs = 15_000;
const renewalsMax = 3;
const staleTokenCodes = new Set(['auth.expired', 'auth.invalid']);

interface Loss {
  readonly code?: number | undefined;
  readonly error?: SokoError;
  readonly reason?: string;
  /** No use in another try. */
  readonly final?: boolean;
}

/** One socket at a time, replaced by the reconnect rules of the protocol until closed or refused for good. */
export class Connection {
  readonly #parts: ConnectionParts;
  #socket: Socket | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #ready = false;
  #closed = false;
  #tries = 0;
  #renewals = 0;
  #reason: TokenReason = 'connect';
  /** Told by the server before it closes: when to come back. */
  #afterMs: number | null = null;
  /** Asked for by `drop`. */
  #awayMs: number | null = null;
  /** Why the server says that the session is over. */
  #revoked: string | null = null;
  readonly #waiting = new Set<(sent: Sent) => void>();

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
  }

  get online(): boolean {
    return this.#ready;
  }

  /** Sends one command. Resolves with the answer, or why there is none. */
  send(name: string, input: object, timeoutMs: number): Promise<Sent> {
    const socket = this.#socket;
    if (!this.#ready || !socket) return Promise.resolve('offline');
    return new Promise((resolve) => {
      const settle = (sent: Sent) => {
        clearTimeout(timer);
        this.#waiting.delete(settle);
        resolve(sent);
      };
      const timer = setTimeout(() => settle('timeout'), timeoutMs);
      this.#waiting.add(settle);
      socket.emit(name, input, (answer: unknown) => settle({ answer }));
    });
  }

  async open(): Promise<void> {
    if (this.#closed) return;
    this.#afterMs = null;
    this.#awayMs = null;
    try {
      const token = await this.#parts.token(this.#reason);
      if (!this.#closed) this.#dial(token);
    } catch (error) {
      const refused = toSokoError(error);
      this.#lose({ error: refused, final: refused.retry === 'never' });
    }
  }

  /** Cuts the connection without a word, as a bad network does, and stays away for a while. */
  drop(awayMs: number): void {
    const engine = this.#socket?.io.engine as { transport?: { ws?: { terminate?: () => void } } } | undefined;
    this.#awayMs = awayMs;
    engine?.transport?.ws?.terminate?.();
    this.#lose({ reason: 'dropped' });
  }

  close(): void {
    this.#closed = true;
    this.#discard();
  }

  #dial(token: string | null): void {
    const { url, telegram, cursor, client } = this.#parts;
    const inbox = cursor();
    const who = token ? { token } : telegram ? { telegram } : {};
    const auth = { ...who, ...(inbox ? { inbox } : {}), ...(client ? { client } : {}) };
    const socket = io(url, { transports: ['websocket'], reconnection: false, forceNew: true, auth });
    this.#socket = socket;
    this.#timer = setTimeout(() => this.#lose({ reason: 'not ready in time' }), readyWithinMs);
    const current =
      <A extends unknown[]>(run: (...args: A) => void) =>
      (...args: A) => {
        if (this.#socket === socket) run(...args);
      };
    socket.on(
      'ready',
      current((ready: Ready) => this.#onReady(ready)),
    );
    for (const kind of ['inbox', 'room', 'signal'] as const) {
      socket.on(
        kind,
        current((payload: unknown) => this.#parts.onFrame(kind, payload as never)),
      );
    }
    socket.on(
      'session',
      current((notice: SessionNotice) => {
        if (notice.type === 'revoked') this.#revoked = notice.reason ?? '';
        this.#parts.onFrame('session', notice as never);
      }),
    );
    socket.on(
      'reconnect',
      current(({ afterMs }: { afterMs: number }) => {
        this.#afterMs = afterMs;
      }),
    );
    socket.on(
      'connect_error',
      current((error: Error & { data?: unknown }) => {
        this.#lose(error.data ? { error: toSokoError(error.data) } : { reason: error.message });
      }),
    );
    socket.on(
      'disconnect',
      current((reason, description) => {
        const context = (description as { context?: { code?: number } } | undefined)?.context;
        this.#lose({ code: context?.code, reason });
      }),
    );
  }

  #onReady(ready: Ready): void {
    clearTimeout(this.#timer);
    this.#ready = true;
    this.#tries = 0;
    this.#renewals = 0;
    this.#reason = 'connect';
    this.#parts.onReady(ready);
  }

  #discard(): void {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = null;
    this.#ready = false;
    socket?.disconnect();
    for (const settle of this.#waiting) settle('offline');
  }

  #lose(loss: Loss): void {
    if (this.#closed) return;
    this.#discard();
    const error = loss.error ?? this.#errorOf(loss);
    const retryInMs = loss.final ? null : this.#retryIn(error, loss.code);
    if (retryInMs === null) this.#closed = true;
    else this.#timer = setTimeout(() => void this.open(), retryInMs);
    this.#parts.onOffline({ error, retryInMs });
  }

  #errorOf({ code, reason }: Loss): SokoError {
    if (this.#revoked === 'suspended') {
      return new SokoError({ code: 'auth.suspended', message: 'The account is suspended.', retry: 'never' });
    }
    if (code === 4002 || this.#revoked !== null) {
      return new SokoError({ code: 'auth.revoked', message: 'The session is over.', retry: 'never' });
    }
    if (code === 4001)
      return new SokoError({ code: 'auth.expired', message: 'The token has expired.', retry: 'refetch' });
    return new SokoError({ code: 'client.offline', message: reason ?? 'connection lost', retry: 'later' });
  }

  /** Milliseconds until the next try, or null when there is no use in one. */
  #retryIn(error: SokoError, closeCode: number | undefined): number | null {
    if (isSessionOver(error)) return null;
    if (staleTokenCodes.has(error.code)) {
      this.#renewals += 1;
      if (!this.#parts.renewable || this.#renewals > renewalsMax) return null;
      this.#reason = 'expired';
    }
    if (this.#awayMs !== null) return this.#awayMs;
    const told = this.#afterMs ?? error.retryAfterMs;
    if (told !== undefined) return toldMs(told);
    if (closeCode === 4003) return 0;
    this.#tries += 1;
    return backoffMs(this.#tries - 1);
  }
}
