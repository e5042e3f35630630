import { once } from 'node:events';
import { WebSocket } from 'ws';

export interface Reply {
  readonly ok: boolean;
  readonly data?: unknown;
  readonly error?: { code: string; retryAfterMs?: number };
}

/** What a server says when it does not let a client in, or sends it away. */
export class Refused extends Error {
  readonly retryAfterMs: number | undefined;

  constructor(frame: string) {
    super(`refused: ${frame}`);
    this.retryAfterMs = Number(/"(?:retryA|a)fterMs":(\d+)/.exec(frame)?.[1]) || undefined;
  }
}

/** Called with each event's frame, as text, and the moment it came. */
export type OnFrame = (frame: string, atMs: number) => void;

interface Connecting {
  /** What goes into the handshake: a token, a cursor, or what a server of another kind wants. */
  readonly auth?: object | undefined;
  readonly ip?: string;
  /** Resolve at Soko's `ready` instead of at Socket.IO's own acknowledgement. */
  readonly awaitReady: boolean;
  /** Hears everything from the first frame after the greeting on. */
  readonly onFrame?: OnFrame;
}

const handshakeTimeoutMs = 30_000;

/** A client as thin as can be, so that the load generator is not what is measured. */
export class Wire {
  /** Events that came; a frame of Soko may carry several. */
  received = 0;
  onFrame: OnFrame | null;
  /** The payload of the frame that ended connecting. */
  greeting = '';
  /** The frame by which Soko asked to come back later; empty without one. */
  farewell = '';
  /** Resolves when the connection has ended, whoever ended it. */
  readonly closed: Promise<void>;
  readonly #socket: WebSocket;
  readonly #acks = new Map<number, (reply: Reply) => void>();
  #asked = 0;

  private constructor(socket: WebSocket, onFrame: OnFrame | null) {
    this.#socket = socket;
    this.onFrame = onFrame;
    socket.on('error', () => {});
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        // Nobody is left to answer; who waits learns it instead of waiting for ever.
        for (const answer of this.#acks.values()) answer({ ok: false, error: { code: 'closed' } });
        resolve();
      });
    });
  }

  /** A plain WebSocket that only listens. */
  static async listen(url: string, onFrame: OnFrame | null = null): Promise<Wire> {
    const wire = new Wire(new WebSocket(url, { perMessageDeflate: false }), onFrame);
    wire.#socket.on('message', (bytes: Buffer) => {
      wire.received += 1;
      wire.onFrame?.(bytes.toString('latin1'), nowMs());
    });
    await once(wire.#socket, 'open');
    return wire;
  }

  /** A Socket.IO connection. Rejects with `Refused` when the server turns it away. */
  static async connect(url: string, { auth, ip = '127.0.0.1', awaitReady, onFrame }: Connecting): Promise<Wire> {
    const socket = new WebSocket(`${url}/socket.io/?EIO=4&transport=websocket`, {
      perMessageDeflate: false,
      handshakeTimeout: handshakeTimeoutMs,
      headers: { 'x-forwarded-for': ip },
    });
    const wire = new Wire(socket, onFrame ?? null);
    const greeted = awaitReady ? '42["ready",' : '40';
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.once('close', () => reject(new Refused(`closed while connecting ${wire.farewell}`)));
      socket.on('message', (bytes: Buffer) => {
        const frame = bytes.toString('latin1');
        if (frame === '2') socket.send('3');
        else if (frame.startsWith('0')) socket.send(auth === undefined ? '40' : `40${JSON.stringify(auth)}`);
        else if (frame.startsWith('44')) reject(new Refused(frame));
        else if (frame.startsWith(greeted)) {
          wire.greeting = awaitReady ? frame.slice(greeted.length, -1) : frame.slice(greeted.length);
          resolve();
        } else if (!frame.startsWith('40')) wire.#take(frame);
      });
    }).catch((error: unknown) => {
      socket.terminate();
      throw error;
    });
    return wire;
  }

  call(name: string, input: object): Promise<Reply> {
    if (this.#socket.readyState !== WebSocket.OPEN) {
      return Promise.resolve({ ok: false, error: { code: 'closed' } });
    }
    this.#asked += 1;
    const id = this.#asked;
    this.#socket.send(`42${id}${JSON.stringify([name, input])}`);
    return new Promise((resolve) => this.#acks.set(id, resolve));
  }

  /** Cuts the connection without a word, as a lost network does. */
  close(): void {
    this.#socket.terminate();
  }

  #take(frame: string): void {
    if (frame.startsWith('43')) return this.#acknowledge(frame);
    if (frame.startsWith('42["reconnect",')) this.farewell = frame;
    this.received += Math.max(1, frame.split('"seq":').length - 1);
    this.onFrame?.(frame, nowMs());
  }

  #acknowledge(frame: string): void {
    const start = frame.indexOf('[');
    const id = Number(frame.slice(2, start));
    const resolve = this.#acks.get(id);
    this.#acks.delete(id);
    const [reply] = JSON.parse(frame.slice(start)) as [Reply];
    resolve?.(reply);
  }
}

/** Milliseconds since 1970 with fractions, comparable between the processes of one machine. */
export function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

/** Runs `make` for 0 … count − 1, a bounded number at a time, and keeps the order. */
export async function many<T>(count: number, make: (index: number) => Promise<T>, atOnce = 32): Promise<T[]> {
  const made: T[] = [];
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < count; index = next++) made[index] = await make(index);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, worker));
  return made;
}

/** An address for each socket: the limits of connects count by address. */
export function addressOf(index: number): string {
  return `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`;
}
