import { wait } from './backoff.ts';
import { Calls, type CallOptions } from './calls.ts';
import type { ClientEvents } from './client-events.ts';
import { Connection, type TokenReason } from './connection.ts';
import { Emitter, guarded, type Off } from './emitter.ts';
import { isFinal, isSessionOver, ownError, type SokoError } from './errors.ts';
import { Inbox } from './inbox.ts';
import type {
  CallName,
  Cursor,
  EventData,
  EventType,
  InboxEvent,
  Input,
  Output,
  Ready,
  RoomEvent,
  SessionNotice,
  Signal,
  SignalData,
  SignalType,
  Snapshot,
  Tokens,
} from './protocol.ts';
import { Rooms, type Room } from './rooms.ts';
import type { EntityStore } from './store.ts';
import { TokenKeeper } from './token-keeper.ts';

export interface ConnectOptions {
  /** Such as `https://market.example`. */
  readonly url: string;
  /** An access token that is good for one connection's life. Neither token nor getToken: a guest, or a cookie. */
  readonly token?: string;
  /** Gives a current access token; asked again when the server says that it expires or has expired. */
  readonly getToken?: (reason: TokenReason) => string | Promise<string>;
  /**
   * `Telegram.WebApp.initData` of a Mini App: opens a session at the first connection. The client renews its tokens by
   * itself, as it does those of `tokens`; give these next time, because initData opens one session only.
   */
  readonly telegram?: string;
  /** Tokens of a sign-in, instead of `token` and `getToken`, as they came or as kept by `onTokens`. */
  readonly tokens?: Tokens | null;
  /** Each time that the tokens are other ones; null once their session is over: forget them, and sign in again. */
  readonly onTokens?: (tokens: Tokens | null) => void;
  /** Where this client stopped last time, as kept by `onCursor`. */
  readonly inbox?: Cursor | null;
  /** Kept current from snapshots and events. */
  readonly store?: EntityStore;
  /** Called with the whole state when events alone cannot tell it: the first time, and after too long an absence. */
  readonly onSnapshot?: (snapshot: Snapshot) => void;
  /** Each inbox event, in order and once, from the very first; listeners set after `connect` miss what came before. */
  readonly onEvent?: (event: InboxEvent) => void;
  /** Each step of the inbox, after the event was handed over. Keep the latest for `inbox`. */
  readonly onCursor?: (cursor: Cursor) => void;
  readonly platform?: string;
  readonly version?: string;
  /** How long `connect` tries before it rejects, milliseconds. Default 30,000. */
  readonly connectWithinMs?: number;
}

export interface SokoClient {
  /** The last `ready` of the server. */
  readonly ready: Ready;
  readonly online: boolean;
  /** The last inbox event applied; null for guests. */
  readonly cursor: Cursor | null;
  readonly store: EntityStore | undefined;
  /**
   * Calls a command or query. Waits for a connection, and repeats a call without answer under the same idempotency key.
   * @throws SokoError with the server's code, or `client.timeout`, `client.offline`, `client.queue_full`,
   * `client.closed`.
   */
  call<Name extends CallName>(name: Name, input: Input<Name>, options?: CallOptions): Promise<Output<Name>>;
  /** Listens; returns the way to stop. */
  on<Name extends keyof ClientEvents>(name: Name, listener: (payload: ClientEvents[Name]) => void): Off;
  on<Type extends EventType>(type: Type, listener: (event: InboxEvent<EventData<Type>>) => void): Off;
  on<Type extends SignalType>(type: Type, listener: (signal: Signal<SignalData<Type>>) => void): Off;
  on(type: `${string}.${string}`, listener: (event: RoomEvent) => void): Off;
  /**
   * Enters a public room, such as `stream:<id>`, and stays in it across reconnects. Its events are told as `room` and
   * under their type.
   * @throws SokoError `rooms.not_found`, `rooms.too_many`.
   */
  join(room: string, options?: { readonly after?: Cursor }): Promise<Room>;
  /** Cuts the connection without a word, as a bad network does, and stays away for a while. For tests. */
  drop(awayMs?: number): void;
  /** Ends the client; calls that wait are rejected with `client.closed`. */
  close(): void;
}

/**
 * Connects and resolves once the server is ready and, where a store or `onSnapshot` asks for it, the state was read.
 * @throws SokoError when the server refuses for good or cannot be reached within `connectWithinMs`.
 */
export async function connect(options: ConnectOptions): Promise<SokoClient> {
  const client = new Client(options);
  await client.start(options.connectWithinMs ?? 30_000);
  return client as SokoClient;
}

class Client {
  readonly #options: ConnectOptions;
  readonly #emitter = new Emitter();
  readonly #connection: Connection;
  readonly #calls: Calls;
  readonly #inbox: Inbox;
  readonly #rooms: Rooms;
  readonly #keeper: TokenKeeper;
  readonly #renewable: boolean;
  readonly #started: Promise<void>;
  #resolveStart = () => {};
  #rejectStart: (error: SokoError) => void = () => {};
  #ready: Ready | null = null;
  #lastError: SokoError | null = null;

  constructor(options: ConnectOptions) {
    this.#options = options;
    this.#started = new Promise((resolve, reject) => {
      this.#resolveStart = resolve;
      this.#rejectStart = reject;
    });
    const { url, platform, version, telegram, tokens = null } = options;
    const onTokens = (fresh: Tokens | null) => guarded(() => options.onTokens?.(fresh));
    this.#keeper = new TokenKeeper({ url, tokens, telegram: telegram !== undefined, onTokens });
    this.#renewable = options.getToken !== undefined || telegram !== undefined || tokens !== null;
    this.#connection = new Connection({
      url,
      token: (reason) => this.#token(reason),
      telegram,
      renewable: this.#renewable,
      cursor: () => this.#inbox.cursor,
      client: platform === undefined ? undefined : { platform, version: version ?? '' },
      onReady: (ready) => this.#onReady(ready),
      onFrame: (kind, payload) => this.#onFrame(kind, payload),
      onOffline: (told) => this.#onOffline(told),
    });
    this.#calls = new Calls(this.#connection, () => Boolean(this.#ready?.user));
    const parts = {
      call: (name: string, input: object) => this.#calls.once(name, input),
      fatal: isFinal,
    };
    this.#inbox = this.#newInbox(parts);
    this.#rooms = new Rooms({ ...parts, emitter: this.#emitter });
  }

  get ready(): Ready {
    if (!this.#ready) throw ownError('client.offline');
    return this.#ready;
  }

  get online(): boolean {
    return this.#connection.online;
  }

  get cursor(): Cursor | null {
    return this.#inbox.cursor;
  }

  get store(): EntityStore | undefined {
    return this.#options.store;
  }

  async start(withinMs: number): Promise<void> {
    const late = setTimeout(() => this.#rejectStart(this.#lastError ?? ownError('client.timeout')), withinMs);
    void this.#connection.open();
    try {
      await this.#started;
    } catch (error) {
      this.close();
      throw error;
    } finally {
      clearTimeout(late);
    }
  }

  call(name: string, input: object, options: CallOptions = {}): Promise<unknown> {
    return this.#calls.call(name, input, options);
  }

  on(name: string, listener: (payload: never) => void): Off {
    return this.#emitter.on(name, listener);
  }

  join(room: string, { after }: { readonly after?: Cursor } = {}): Promise<Room> {
    return this.#rooms.join(room, after ?? null);
  }

  drop(awayMs = 0): void {
    this.#connection.drop(awayMs);
  }

  close(): void {
    this.#connection.close();
    this.#end(ownError('client.closed'));
  }

  #newInbox(parts: {
    call: (name: string, input: object) => Promise<unknown>;
    fatal: (error: unknown) => boolean;
  }): Inbox {
    const { inbox, store, onSnapshot, onEvent, onCursor } = this.#options;
    const takeSnapshot = (snapshot: Snapshot) => {
      store?.replace(snapshot);
      if (onSnapshot) guarded(() => onSnapshot(snapshot));
      this.#emitter.emit('snapshot', snapshot);
    };
    return new Inbox({
      ...parts,
      cursor: inbox ?? null,
      onSnapshot: store || onSnapshot ? takeSnapshot : undefined,
      onEvent: (event) => {
        store?.apply(event.data);
        if (onEvent) guarded(() => onEvent(event));
        this.#emitter.emit('inbox', event);
        this.#emitter.emit(event.type, event);
      },
      onCursor: (cursor) => onCursor?.(cursor),
    });
  }

  async #token(reason: TokenReason): Promise<string | null> {
    const { getToken, token } = this.#options;
    const given = (await getToken?.(reason)) ?? token;
    if (given !== undefined) return given;
    return reason === 'connect' ? this.#keeper.current() : this.#keeper.renew();
  }

  #onReady({ tokens, ...ready }: Ready): void {
    if (tokens) this.#keeper.keep(tokens);
    this.#ready = ready;
    const caughtUp = ready.user && ready.inbox ? this.#inbox.open(ready.inbox) : Promise.resolve();
    caughtUp.then(() => {
      if (this.online) this.#resolveStart();
    }, this.#rejectStart);
    this.#rooms.open();
    this.#calls.flush();
    this.#emitter.emit('ready', ready);
  }

  #onFrame(kind: 'inbox' | 'room' | 'signal' | 'session', payload: never): void {
    if (kind === 'inbox') return this.#inbox.receive(payload);
    if (kind === 'room') return this.#rooms.receive(payload);
    this.#emitter.emit(kind, payload);
    if (kind === 'signal') return this.#onSignal(payload);
    if ((payload as SessionNotice).type === 'expiring' && this.#renewable) void this.#extend();
  }

  #onSignal(signal: Signal): void {
    if (signal.type === 'inbox.head') this.#inbox.announce(signal.data as Cursor);
    this.#emitter.emit(signal.type, signal);
  }

  /** A few tries within the time that the server leaves; if all fail, it closes and the reconnect asks for a token. */
  async #extend(): Promise<void> {
    for (let tries = 0; tries < 5 && this.online; tries += 1) {
      try {
        const token = await this.#token('expiring');
        // A session that is over: the server closes, and initData opens another one.
        if (token === null) return;
        await this.#calls.once('sessions.extend', { token });
        return;
      } catch (error) {
        if (isFinal(error)) return;
        await wait(5_000);
      }
    }
  }

  #onOffline(told: ClientEvents['offline']): void {
    this.#lastError = told.error;
    if (isSessionOver(told.error)) this.#keeper.drop(told.error);
    this.#inbox.close();
    this.#rooms.close();
    this.#emitter.emit('offline', told);
    if (told.retryInMs === null) this.#end(told.error);
  }

  #end(error: SokoError): void {
    this.#inbox.close();
    this.#rooms.close();
    this.#calls.close(error);
    this.#rejectStart(error);
    this.#emitter.emit('closed', error);
  }
}
