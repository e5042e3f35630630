import { EventEmitter } from 'node:events';
import type { Dice, VirtualTime } from './virtual-time.ts';

/** What accepts connections: a node's Engine.IO. */
export interface Listener {
  accept(connection: ServerEnd): void;
}

type Handler = (...args: any[]) => void;

let present: SimNetwork | null = null;

/** From now on clients dial here. */
export function dialOn(network: SimNetwork): void {
  present = network;
}

/** Stands in for `io` of socket.io-client. */
export function io(_url: string, { auth }: { auth: object }): ClientEnd {
  if (!present) throw new Error('there is no network');
  return present.dial(auth);
}

/**
 * Connections as TCP gives them: each direction keeps its order and takes its time, a cut loses what is on its way, and
 * each side notices the cut later, on its own. On top of it the frames of Socket.IO, as text.
 */
export class SimNetwork {
  readonly time: VirtualTime;
  readonly dice: Dice;
  /** Who may be reached now. */
  readonly listeners: () => readonly Listener[];
  /** Sees each event that reaches a client. */
  onFrame: (client: ClientEnd, event: string, payload: any) => void = () => {};
  /** Whether calls of this name reach a server. */
  isHeard: (name: string) => boolean = () => true;
  readonly #links = new Set<Link>();

  constructor(time: VirtualTime, dice: Dice, listeners: () => readonly Listener[]) {
    this.time = time;
    this.dice = dice;
    this.listeners = listeners;
  }

  dial(auth: object): ClientEnd {
    const link = new Link(this);
    const client = new ClientEnd(link, auth);
    link.client = client;
    this.time.after(this.delayMs(), () => {
      if (link.isOver) return;
      const listeners = this.listeners();
      const listener = listeners[this.dice.between(0, listeners.length - 1)];
      if (!listener) return client.hear('connect_error', new Error('websocket error'));
      link.server = new ServerEnd(link);
      link.listener = listener;
      this.#links.add(link);
      listener.accept(link.server);
      link.up(`0${JSON.stringify(auth)}`);
    });
    return client;
  }

  /** Cuts the connections of a token's owner, or of a node, without a word. */
  cut(of: { token?: string; listener?: Listener }, noticeMs: number): void {
    for (const link of this.#links) {
      if (link.isOver) this.#links.delete(link);
      else if (link.listener === of.listener || link.client.auth.token === of.token) link.cut(noticeMs);
    }
  }

  delayMs(): number {
    return this.dice.between(0, this.dice.chance(0.1) ? 200 : 15);
  }
}

class Link {
  client!: ClientEnd;
  server: ServerEnd | null = null;
  listener: Listener | null = null;
  isCut = false;
  /** The client has given it up or was told of its end. */
  isOver = false;
  readonly network: SimNetwork;
  #upAt = 0;
  #downAt = 0;

  constructor(network: SimNetwork) {
    this.network = network;
  }

  up(frame: string): void {
    this.#upAt = this.#send(this.#upAt, () => {
      if (this.server?.readyState === 'open') this.server.emit('data', frame);
    });
  }

  down(frame: string): void {
    this.#downAt = this.#send(this.#downAt, () => {
      if (!this.isOver) this.client.take(frame);
    });
  }

  /** The server's last word. What it sent before still arrives. */
  end(code: number | undefined): void {
    this.#downAt = this.#send(this.#downAt, () => this.client.lose({ code }));
  }

  hangUp(): void {
    this.isOver = true;
    const { time } = this.network;
    time.after(this.network.delayMs(), () => this.server?.lose());
  }

  cut(noticeMs: number): void {
    const { time, dice } = this.network;
    this.isCut = true;
    time.after(dice.between(0, noticeMs), () => this.client.lose({}));
    time.after(dice.between(0, noticeMs), () => this.server?.lose());
  }

  #send(notBefore: number, arrive: () => void): number {
    const { time } = this.network;
    const at = Math.max(notBefore, time.now + this.network.delayMs());
    time.after(at - time.now, () => {
      if (!this.isCut) arrive();
    });
    return at;
  }
}

/** A socket of socket.io-client, as far as our client uses one. */
export class ClientEnd {
  readonly auth: { token?: string; inbox?: { epoch: string; seq: number } };
  readonly io: object;
  readonly #link: Link;
  readonly #handlers = new Map<string, Handler>();
  readonly #acks = new Map<number, (answer: unknown) => void>();
  #calls = 0;

  constructor(link: Link, auth: object) {
    this.#link = link;
    this.auth = auth;
    this.io = { engine: { transport: { ws: { terminate: () => link.hangUp() } } } };
  }

  on(event: string, handler: Handler): void {
    this.#handlers.set(event, handler);
  }

  emit(name: string, input: object, ack: (answer: unknown) => void): void {
    this.#calls += 1;
    this.#acks.set(this.#calls, ack);
    if (this.#link.network.isHeard(name)) this.#link.up(`2${this.#calls}${JSON.stringify([name, input])}`);
  }

  disconnect(): void {
    if (!this.#link.isOver) this.#link.hangUp();
  }

  hear(event: string, ...args: unknown[]): void {
    this.#handlers.get(event)?.(...args);
  }

  lose(context: { code?: number | undefined }): void {
    if (this.#link.isOver) return;
    this.#link.isOver = true;
    this.hear('disconnect', 'transport close', { context });
  }

  take(frame: string): void {
    const [, kind, id, text] = /^(\d)(\d*)(.*)$/s.exec(frame)!;
    const data = text ? JSON.parse(text) : null;
    if (kind === '4') {
      this.hear('connect_error', Object.assign(new Error(data.message), { data: data.data }));
    } else if (kind === '3') {
      this.#acks.get(Number(id))?.(data[0]);
    } else if (kind === '2') {
      this.#link.network.onFrame(this, data[0], data[1]);
      this.hear(data[0], data[1]);
    } else if (kind === '1') {
      this.lose({});
    }
  }
}

/** A connection of Engine.IO, as far as Socket.IO and our gateway use one. */
export class ServerEnd extends EventEmitter {
  readonly id = crypto.randomUUID();
  readonly protocol = 4;
  readonly remoteAddress = '127.0.0.1';
  readonly request = { headers: {}, url: '/socket.io/', connection: {}, _query: {} };
  readonly writeBuffer: string[] = [];
  readonly transport: object;
  readyState: 'open' | 'closing' | 'closed' = 'open';
  readonly #link: Link;

  constructor(link: Link) {
    super();
    this.#link = link;
    const socket = {
      bufferedAmount: 0,
      // The first digit is Engine.IO's.
      send: (frame: string) => link.down(frame.slice(1)),
      close: (code: number) => this.#end(code),
      terminate: () => {},
    };
    this.transport = { name: 'websocket', writable: true, parser: {}, socket };
  }

  write(frame: string): void {
    if (this.readyState === 'open') this.#link.down(frame);
  }

  close(): void {
    this.#end(undefined);
  }

  lose(): void {
    if (this.readyState === 'closed') return;
    this.readyState = 'closed';
    this.emit('close', 'transport close');
  }

  #end(code: number | undefined): void {
    if (this.readyState !== 'open') return;
    this.readyState = 'closing';
    this.#link.end(code);
    this.#link.network.time.after(this.#link.network.delayMs(), () => this.lose());
  }
}
