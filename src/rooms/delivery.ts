import type { Outbound, RoomMessage, SignalMessage } from '../domain/kernel/index.ts';
import { inboxFrame, signalFrame, subjectOf, type Frame } from './frame.ts';
import type { RoomLog } from './room-log.ts';
import type { RoomTransport } from './transport.ts';
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
  /** Messages as the log keeps them. */
  readonly waiting: string[];
  running: boolean;
  /** Messages of this room were lost: its next ones begin a new epoch, so that everyone in it reads again. */
  lossy: boolean;
}

interface DeliveryParts {
  readonly log: RoomLog;
  /** Sends a frame to the other nodes; does nothing where there are none. */
  readonly publish: (frame: Frame) => void;
  readonly trouble: Trouble;
}

/** Messages of a hot room within this time share one frame. */
const roomTickMs = 25;
const roomFrameEvents = 200;
const roomFrameChars = 128 * 1024;
/** Messages that wait while the log is away; a room that has more loses those that wait. */
const roomQueueMax = 1_000;
const waitingMax = 20_000;
const logRetryMs = 250;
const lossyRoomsMax = 10_000;
const signalTickMs = 50;
const signalsMax = 10_000;

/** Pushes what commands left behind after commit. Never throws: what is lost here, clients read from inbox and log. */
export class Delivery {
  readonly #parts: DeliveryParts;
  readonly #queues = new Map<string, RoomQueue>();
  readonly #drains = new Set<Promise<void>>();
  readonly #signals = new Map<string, SignalMessage>();
  #signalTimer: NodeJS.Timeout | null = null;
  #transport: RoomTransport | null = null;
  #closing = false;
  #batches = 0;
  #waiting = 0;
  #emitted = 0;
  #failed = 0;
  #droppedSignals = 0;

  constructor(parts: DeliveryParts) {
    this.#parts = parts;
  }

  attach(transport: RoomTransport): void {
    this.#transport = transport;
  }

  get counts(): DeliveryCounts {
    return { emitted: this.#emitted, failed: this.#failed, droppedSignals: this.#droppedSignals };
  }

  deliver({ inbox, rooms, signals, evictions }: Outbound): void {
    for (const batch of inbox) this.#toAll(inboxFrame(batch));
    for (const message of rooms) this.#enqueue(message);
    for (const signal of signals) this.#collect(signal);
    for (const eviction of evictions) this.#guarded((transport) => transport.evict(eviction));
  }

  /** One signal, now. */
  signal(signal: SignalMessage): void {
    this.#toAll(signalFrame(signal));
  }

  /** A frame for the sockets of this node. */
  send(frame: Frame): void {
    this.#guarded((transport) => {
      transport.send(frame);
      this.#emitted += 1;
    });
  }

  /** Hands over what is waiting. Rooms that cannot be logged give up after one try each. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#flushSignals();
    await Promise.allSettled(this.#drains);
  }

  #toAll(frame: Frame): void {
    this.send(frame);
    this.#parts.publish(frame);
  }

  #enqueue({ room, ...message }: RoomMessage): void {
    const queue = this.#queues.get(room) ?? { waiting: [], running: false, lossy: false };
    this.#queues.set(room, queue);
    if (queue.waiting.length >= roomQueueMax || this.#waiting >= waitingMax) {
      this.#fail('messages of a room were given up', new Error(room), queue.waiting.length);
      this.#waiting -= queue.waiting.length;
      queue.waiting.length = 0;
      queue.lossy = true;
    }
    const { type, at, data } = message;
    queue.waiting.push(JSON.stringify({ type, at, data }));
    this.#waiting += 1;
    if (queue.running) return;
    queue.running = true;
    const drain = this.#drain(room, queue).finally(() => this.#drains.delete(drain));
    this.#drains.add(drain);
  }

  /** One append at a time for a room keeps its order; what comes meanwhile waits and goes together. */
  async #drain(room: string, queue: RoomQueue): Promise<void> {
    while (queue.waiting.length > 0) {
      const texts = takeFrame(queue.waiting);
      this.#waiting -= texts.length;
      if (!(await this.#append(room, queue, texts))) {
        queue.lossy = true;
        this.#fail('messages of a room were lost', new Error(room), texts.length);
      }
      await pause(roomTickMs);
    }
    queue.running = false;
    if (!queue.lossy || this.#queues.size > lossyRoomsMax) this.#queues.delete(room);
  }

  /** Tries until the log has the batch, or more came meanwhile than may wait. Without a log, rooms are only late. */
  async #append(room: string, queue: RoomQueue, texts: readonly string[]): Promise<boolean> {
    this.#batches += 1;
    const batch = { id: this.#batches, restart: queue.lossy, texts };
    queue.lossy = false;
    for (;;) {
      try {
        await this.#parts.log.append(room, batch);
        return true;
      } catch (error) {
        this.#parts.trouble.report('a room cannot be logged', error);
        if (this.#closing || queue.lossy) return false;
        await pause(logRetryMs);
      }
    }
  }

  #collect(signal: SignalMessage): void {
    const key = subjectOf(signal);
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
    this.#parts.trouble.report(message, error);
  }
}

/** Takes as many messages off a queue as fit into one frame; at least one. */
function takeFrame(waiting: string[]): string[] {
  let count = 0;
  let chars = 0;
  for (const text of waiting) {
    chars += text.length;
    if (count === roomFrameEvents || (count > 0 && chars > roomFrameChars)) break;
    count += 1;
  }
  return waiting.splice(0, count);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
