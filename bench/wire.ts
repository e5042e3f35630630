import { once } from 'node:events';
import { WebSocket } from 'ws';

export interface Reply {
  readonly ok: boolean;
  readonly data?: unknown;
  readonly error?: { code: string };
}

/** A client as thin as can be, so that the load generator is not what is measured. */
export class Wire {
  /** Events that came; a frame of Soko may carry several. */
  received = 0;
  /** Called with each event's frame, as text, and the moment it came. */
  onFrame: ((frame: string, atMs: number) => void) | null = null;
  readonly #socket: WebSocket;
  readonly #acks = new Map<number, (reply: Reply) => void>();
  #asked = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  /** A plain WebSocket that only listens. */
  static async listen(url: string): Promise<Wire> {
    const wire = new Wire(new WebSocket(url, { perMessageDeflate: false }));
    wire.#socket.on('message', () => (wire.received += 1));
    await once(wire.#socket, 'open');
    return wire;
  }

  /** A Socket.IO connection; `ready` of Soko has arrived when it resolves, where `awaitReady` is set. */
  static async connect(
    url: string,
    { token, ip = '127.0.0.1', awaitReady }: { token?: string | undefined; ip?: string; awaitReady: boolean },
  ): Promise<Wire> {
    const socket = new WebSocket(`${url}/socket.io/?EIO=4&transport=websocket`, {
      perMessageDeflate: false,
      headers: { 'x-forwarded-for': ip },
    });
    const wire = new Wire(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.once('close', () => reject(new Error('closed while connecting')));
      socket.on('message', (bytes: Buffer) => {
        const frame = bytes.toString('latin1');
        if (frame === '2') socket.send('3');
        else if (frame.startsWith('0')) socket.send(token === undefined ? '40' : `40${JSON.stringify({ token })}`);
        else if (frame.startsWith('44')) reject(new Error(frame));
        else if (frame.startsWith('42["ready"') || (!awaitReady && frame.startsWith('40'))) resolve();
        else wire.#take(frame);
      });
    });
    return wire;
  }

  call(name: string, input: object): Promise<Reply> {
    this.#asked += 1;
    const id = this.#asked;
    this.#socket.send(`42${id}${JSON.stringify([name, input])}`);
    return new Promise((resolve) => this.#acks.set(id, resolve));
  }

  close(): void {
    this.#socket.terminate();
  }

  #take(frame: string): void {
    if (frame.startsWith('43')) return this.#acknowledge(frame);
    this.received += Math.max(1, frame.split('"seq":').length - 1);
    this.onFrame?.(frame, performance.timeOrigin + performance.now());
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
