import type { Socket } from 'socket.io';
import { limits, type Connection, type GuestActor, type Role, type UserActor } from '../domain/kernel/index.ts';
import { closeCodes, closeSocket, type CloseCode } from './close.ts';

/** Where a client stopped reading its inbox. */
export interface InboxCursor {
  readonly epoch: string;
  readonly seq: number;
}

export interface Arrival {
  readonly socket: Socket;
  readonly actor: GuestActor | UserActor;
  readonly ip: string;
  /** The access token that admitted it; null for guests. */
  readonly token: string | null;
  /** Of a session that the handshake itself opened; `ready` hands them over. */
  readonly tokens: IssuedTokens | null;
  readonly cursor: InboxCursor | null;
}

/** As `sessions.login` answers them. */
export interface IssuedTokens {
  readonly accessToken: string;
}

export type Farewell = NonNullable<Parameters<typeof closeSocket>[2]>;

/** How many sockets of this node are in each public room. */
export type RoomSizes = Map<string, number>;

/** A Socket.IO packet as Engine.IO takes it, with the WebSocket frame around it where the engine can use one. */
export interface Written {
  readonly packet: string;
  /** The same for all sockets. */
  readonly options: { readonly preEncoded: true; readonly wsPreEncodedFrame?: readonly Buffer[] };
}

/** What Engine.IO knows of a connection and its types leave out. */
interface EngineConnection {
  readonly writeBuffer: readonly { readonly data?: string }[];
  readonly transport: { readonly socket?: { bufferedAmount?: number; getBufferedAmount?(): number } };
  write(packet: string, options: object): void;
  once(event: 'drain', run: () => void): void;
}

/** Signals, and pages of missed events, wait for a client that has more than this unread before it. */
const pauseBytes = 64 * 1024;
/** Things that a client may be owed the latest word of; those beyond are dropped. */
const lateSignalsMax = 200;

/** Answers of commands already running are worth this wait before an evicted socket is closed. */
const lastAnswersMs = 1_000;
const badFramesWindowMs = 60_000;

/** One admitted socket of this node and what we know of it. */
export class LiveSocket implements Connection {
  readonly rooms = new Set<string>();
  readonly ip: string;
  readonly token: string | null;
  readonly cursor: InboxCursor | null;
  /** Whether `session expiring` was sent for the present token. */
  expiryTold = false;
  /** Resolves once what was missed is sent, or cannot be read for now; commands wait for it. */
  opened: Promise<void> = Promise.resolve();
  readonly socket: Socket;
  readonly #sizes: RoomSizes;
  #actor: GuestActor | UserActor;
  #tokens: IssuedTokens | null;
  #retired = false;
  #inFlight = 0;
  #onIdle: (() => void) | null = null;
  #badFrames = 0;
  #badFramesSince = 0;
  /** The latest signal about each thing that the client was too slow for. */
  #lateSignals: Map<string, Written> | null = null;

  constructor({ socket, actor, ip, token, tokens, cursor }: Arrival, sizes: RoomSizes) {
    this.socket = socket;
    this.#actor = actor;
    this.ip = ip;
    this.token = token;
    this.#tokens = tokens;
    this.cursor = cursor;
    this.#sizes = sizes;
  }

  get id(): string {
    return this.socket.id;
  }

  get actor(): GuestActor | UserActor {
    return this.#actor;
  }

  /** The tokens to hand over, once; they are not kept. */
  takeTokens(): IssuedTokens | null {
    const tokens = this.#tokens;
    this.#tokens = null;
    return tokens;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** Whether the socket is on its way out: it takes no more commands and gets no more pushes. */
  get retired(): boolean {
    return this.#retired || !this.socket.connected;
  }

  async join(room: string): Promise<void> {
    if (this.retired || this.rooms.has(room)) return;
    this.rooms.add(room);
    this.#count(room, 1);
    await this.socket.join(room);
  }

  async leave(room: string): Promise<void> {
    if (!this.rooms.delete(room)) return;
    this.#count(room, -1);
    for (const subject of this.#lateSignals?.keys() ?? []) {
      if (subject.startsWith(`${room} `)) this.#lateSignals?.delete(subject);
    }
    await this.socket.leave(room);
  }

  /** What the person may do from now on. */
  grant(roles: readonly Role[]): void {
    if (this.#actor.kind === 'user') this.#actor = { ...this.#actor, roles };
  }

  /** Rooms with a rule of their own about who may be in them. */
  publicRooms(): string[] {
    return [...this.rooms].filter((room) => !isInternal(room));
  }

  /** Whose presence the socket is told of. */
  watchedUsers(): string[] {
    return [...this.rooms].filter(isInternal).map((room) => room.slice(presencePrefix.length));
  }

  extend(expiresAt: number): void {
    if (this.#actor.kind !== 'user') return;
    this.#actor = { ...this.#actor, tokenExpiresAt: expiresAt };
    this.expiryTold = false;
  }

  push(event: 'ready' | 'inbox' | 'signal' | 'session', payload: object): void {
    if (!this.retired) this.socket.emit(event, payload);
  }

  /** A frame that must not be skipped: a client that does not keep up is closed. */
  write({ packet, options }: Written): void {
    if (!this.retired) this.#conn.write(packet, options);
  }

  /** A frame of which only the latest about its subject counts. False when the client is behind and gets it later. */
  signal(subject: string, written: Written): boolean {
    if (!this.#lateSignals && !this.isBehind()) {
      this.write(written);
      return true;
    }
    const late = (this.#lateSignals ??= new Map());
    if (late.size < lateSignalsMax || late.has(subject)) late.set(subject, written);
    return false;
  }

  /** True when nothing is owed any more. */
  sendLateSignals(): boolean {
    if (!this.#lateSignals || this.retired) return true;
    if (this.isBehind()) return false;
    for (const written of this.#lateSignals.values()) this.write(written);
    this.#lateSignals = null;
    return true;
  }

  /** Runs one command's work; `retire` waits for it. */
  async working<T>(work: () => Promise<T>): Promise<T> {
    this.#inFlight += 1;
    try {
      return await work();
    } finally {
      this.#inFlight -= 1;
      if (this.#inFlight === 0) this.#onIdle?.();
    }
  }

  /** Counts a bad frame; true when there were too many within a minute. */
  isBadFrameTooMany(): boolean {
    const now = performance.now();
    if (now - this.#badFramesSince > badFramesWindowMs) {
      this.#badFramesSince = now;
      this.#badFrames = 0;
    }
    this.#badFrames += 1;
    return this.#badFrames > limits.badFramesPerMinute;
  }

  /** Leaves every room at once, lets running commands answer, then says farewell and closes. */
  async retire(code: CloseCode, farewell: Farewell, waitMs = lastAnswersMs): Promise<void> {
    if (this.#retired) return;
    this.#retired = true;
    for (const room of this.socket.rooms) if (room !== this.socket.id) void this.socket.leave(room);
    this.forgetRooms();
    if (this.#inFlight > 0) {
      await within(waitMs, (done) => {
        this.#onIdle = done;
      });
    }
    const conn = this.#conn;
    if (conn.writeBuffer.length > 0) await within(lastAnswersMs, (done) => conn.once('drain', done));
    closeSocket(this.socket, code, farewell);
  }

  /** Takes the socket out of the counts; Socket.IO itself forgets a closed socket's rooms. */
  forgetRooms(): void {
    for (const room of this.rooms) this.#count(room, -1);
    this.rooms.clear();
  }

  get #conn(): EngineConnection {
    return this.socket.conn as unknown as EngineConnection;
  }

  /** Whether much is unread: held back by Engine.IO or in the WebSocket's own buffer. */
  isBehind(): boolean {
    const { writeBuffer, transport } = this.#conn;
    let bytes = transport.socket?.getBufferedAmount?.() ?? transport.socket?.bufferedAmount ?? 0;
    for (const { data } of writeBuffer) {
      if (bytes > pauseBytes) return true;
      bytes += data?.length ?? 0;
    }
    return bytes > pauseBytes;
  }

  #count(room: string, by: 1 | -1): void {
    if (isInternal(room)) return;
    const size = (this.#sizes.get(room) ?? 0) + by;
    if (size > 0) this.#sizes.set(room, size);
    else this.#sizes.delete(room);
  }
}

const presencePrefix = 'presence:';

/** Watching somebody's presence is a room of ours, which nobody names. */
function isInternal(room: string): boolean {
  return room.startsWith(presencePrefix);
}

function within(timeoutMs: number, start: (done: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, timeoutMs);
    start(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** The farewell of a session that authentication finds over. */
export function over(verdict: string | undefined): [CloseCode, Farewell] {
  return revoked(verdict === 'auth.suspended' ? 'suspended' : 'revoked');
}

/** The farewell of a revoked session. */
export function revoked(reason: string): [CloseCode, Farewell] {
  return [closeCodes.revoked, { event: 'session', payload: { type: 'revoked', reason } }];
}

/** The farewell of every close after which the client should come back. */
export function comeBack(code: CloseCode, afterMs: number, reason: string): [CloseCode, Farewell] {
  return [code, { event: 'reconnect', payload: { afterMs: Math.round(afterMs), reason } }];
}
