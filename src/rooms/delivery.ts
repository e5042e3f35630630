import type { InboxBatch, Outbound, RoomMessage, SignalMessage } from '../domain/kernel/index.ts';
import type { RoomLog } from './room-log.ts';
import type { PushEvent, RoomTransport } from './transport.ts';
import type { Trouble } from './trouble.ts';

export interface DeliveryCounts {
  /** Frames handed to the socket server. */
  readonly emitted: number;
  /** Frames and room messages that could not be handed over. */
  readonly failed: number;
  /** Signals replaced by a later value of the same thing, or dropped in a flood. */
  readonly droppedSignals: number;
}

interface RoomQueue {
  readonly waiting: RoomMessage[];
  running: boolean;
  /** Messages of this room were lost: its next ones begin a new epoch, so that everyone in it reads again. */
  lossy: boolean;
}

/** Messages of a hot room within this time share one frame. */
const roomTickMs = 25;
const roomFrameEvents = 50;
const roomQueueMax = 1_000;
const lossyRoomsMax = 10_000;
const signalTickMs = 50;
const signalsMax = 10_000;

/** Pushes what commands left behind after commit. Never throws: what is lost here, clients read from inbox and log. */
export class Delivery {
  readonly #log: RoomLog;
  readonly #trouble: Trouble;
  readonly #queues = new Map<string, RoomQueue>();
  readonly #drains = new Set<Promise<void>>();
  readonly #signals = new Map<string, SignalMessage>();
  #signalTimer: NodeJS.Timeout | null = null;
  #transport: RoomTransport | null = null;
  #emitted = 0;
  #failed = 0;
  #droppedSignals = 0;

  constructor(log: RoomLog, trouble: Trouble) {
    this.#log = log;
    this.#trouble = trouble;
  }

  attach(transport: RoomTransport): void {
    this.#transport = transport;
  }

  get counts(): DeliveryCounts {
    return { emitted: this.#emitted, failed: this.#failed, droppedSignals: this.#droppedSignals };
  }

  deliver({ inbox, rooms, signals, evictions }: Outbound): void {
    for (const batch of inbox) this.#pushInbox(batch);
    for (const message of rooms) this.#enqueue(message);
    for (const signal of signals) this.#collect(signal);
    for (const eviction of evictions) this.#guarded((transport) => transport.evict(eviction));
  }

  /** One signal, now. */
  signal({ to, type, data }: SignalMessage): void {
    // A person's signals name no room: `user:<id>` and `presence:<id>` are ours alone.
    const payload = /^(user|presence):/.test(to) ? { type, data } : { type, room: to, data };
    this.#emit(to, 'signal', payload);
  }

  /** Hands over what is waiting. Rooms that cannot be logged give up after one try each. */
  async close(): Promise<void> {
    this.#flushSignals();
    await Promise.allSettled(this.#drains);
  }

  #pushInbox({ userId, epoch, events }: InboxBatch): void {
    this.#emit(`user:${userId}`, 'inbox', { epoch, events });
  }

  #enqueue(message: RoomMessage): void {
    const { room } = message;
    const queue = this.#queues.get(room) ?? { waiting: [], running: false, lossy: false };
    this.#queues.set(room, queue);
    if (queue.waiting.length >= roomQueueMax) {
      queue.lossy = true;
      this.#fail('a room has more messages than can be sent', new Error(room));
      return;
    }
    queue.waiting.push(message);
    if (queue.running) return;
    queue.running = true;
    const drain = this.#drain(room, queue).finally(() => this.#drains.delete(drain));
    this.#drains.add(drain);
  }

  /** One append at a time for a room keeps its order; what comes meanwhile waits and goes together. */
  async #drain(room: string, queue: RoomQueue): Promise<void> {
    while (queue.waiting.length > 0) {
      const messages = queue.waiting.splice(0, roomFrameEvents);
      const restart = queue.lossy;
      queue.lossy = false;
      try {
        const { epoch, events } = await this.#log.append(room, messages, restart);
        this.#emit(room, 'room', { room, epoch, events });
      } catch (error) {
        queue.lossy = true;
        this.#fail('a room message was lost', error, messages.length);
      }
      await new Promise((resolve) => setTimeout(resolve, roomTickMs));
    }
    queue.running = false;
    if (!queue.lossy || this.#queues.size > lossyRoomsMax) this.#queues.delete(room);
  }

  #collect(signal: SignalMessage): void {
    const key = `${signal.to} ${signal.type} ${subjectOf(signal.data)}`;
    if (this.#signals.has(key)) {
      this.#droppedSignals += 1;
    } else if (this.#signals.size >= signalsMax) {
      this.#droppedSignals += 1;
      return;
    }
    this.#signals.set(key, signal);
    this.#signalTimer ??= setTimeout(() => this.#flushSignals(), signalTickMs);
  }

  #flushSignals(): void {
    if (this.#signalTimer) clearTimeout(this.#signalTimer);
    this.#signalTimer = null;
    const signals = [...this.#signals.values()];
    this.#signals.clear();
    for (const signal of signals) this.signal(signal);
  }

  #emit(room: string, event: PushEvent, payload: unknown): void {
    this.#guarded((transport) => {
      transport.emit(room, event, payload);
      this.#emitted += 1;
    });
  }

  #guarded(push: (transport: RoomTransport) => void): void {
    try {
      if (!this.#transport) throw new Error('no socket server is attached');
      push(this.#transport);
    } catch (error) {
      this.#fail('a push was lost', error);
    }
  }

  #fail(message: string, error: unknown, count = 1): void {
    this.#failed += count;
    this.#trouble.report(message, error);
  }
}

/** What a signal is about: its ids. Two signals of one type about the same thing are two values of it. */
function subjectOf(data: unknown): string {
  if (typeof data !== 'object' || data === null) return '';
  const ids = Object.entries(data).filter(([field]) => /^id$|Id$/.test(field));
  return ids.map(([, value]) => String(value)).join(' ');
}
