import type { Dice, VirtualTime } from './virtual-time.ts';

export interface RedisFlaws {
  /** Share of messages that arrive twice. */
  readonly doubled: number;
  /** Share of messages that never arrive, though Redis is up. */
  readonly lost: number;
}

type Hear = (channel: Buffer, message: Buffer) => void;

interface Subscriber {
  readonly active: Set<string>;
  readonly wanted: Set<string>;
  hear: Hear;
  isConnected: boolean;
  /** When the last subscription asked for so far will be active. */
  settledAt: number;
}

/** Publish and subscribe between nodes: messages take their time, in any order, and there are none while it is down. */
export class SimRedis {
  isUp = true;
  flaws: RedisFlaws = { doubled: 0, lost: 0 };
  readonly #time: VirtualTime;
  readonly #dice: Dice;
  readonly #subscribers = new Set<Subscriber>();

  constructor(time: VirtualTime, dice: Dice) {
    this.#time = time;
    this.#dice = dice;
  }

  fall(): void {
    this.isUp = false;
    for (const subscriber of this.#subscribers) this.#disconnect(subscriber);
  }

  rise(): void {
    this.isUp = true;
    for (const subscriber of this.#subscribers) this.#reconnect(subscriber);
  }

  /** A node's two clients, in the shape that `createShardedAdapter` takes, and what `Rooms` tells of them. */
  link(isAlive: () => boolean) {
    const subscriber: Subscriber = {
      active: new Set(),
      wanted: new Set(),
      hear: () => {},
      isConnected: this.isUp,
      settledAt: 0,
    };
    this.#subscribers.add(subscriber);
    const publisher = {
      spublish: async (channel: string, payload: string) => {
        if (isAlive()) this.#publish(channel, payload);
        return 0;
      },
    };
    const listener = {
      on: (_: string, hear: Hear) => void (subscriber.hear = hear),
      ssubscribe: async (channel: string) => this.#subscribe(subscriber, channel),
      sunsubscribe: async (channel: string | string[]) => {
        for (const one of [channel].flat()) {
          subscriber.wanted.delete(one);
          subscriber.active.delete(one);
        }
      },
    };
    const subscribed = async () => {
      if (!subscriber.isConnected) throw new Error('Redis is away');
      await this.#time.wait(subscriber.settledAt - this.#time.now);
      if (!subscriber.isConnected) throw new Error('Redis does not answer');
    };
    return { publisher, listener, subscribed, close: () => void this.#subscribers.delete(subscriber) };
  }

  #publish(channel: string, payload: string): void {
    if (!this.isUp) return;
    for (const subscriber of this.#subscribers) {
      if (!subscriber.active.has(channel) || this.#dice.chance(this.flaws.lost)) continue;
      const times = this.#dice.chance(this.flaws.doubled) ? 2 : 1;
      for (let time = 0; time < times; time += 1) {
        this.#time.after(this.#delayMs(), () => {
          if (subscriber.isConnected && this.#subscribers.has(subscriber))
            subscriber.hear(Buffer.from(channel), Buffer.from(payload));
        });
      }
    }
  }

  #subscribe(subscriber: Subscriber, channel: string): void {
    subscriber.wanted.add(channel);
    const at = Math.max(subscriber.settledAt, this.#time.now + this.#delayMs());
    subscriber.settledAt = at;
    this.#time.after(at - this.#time.now, () => {
      if (subscriber.isConnected && subscriber.wanted.has(channel)) subscriber.active.add(channel);
    });
  }

  #disconnect(subscriber: Subscriber): void {
    subscriber.isConnected = false;
    subscriber.active.clear();
  }

  #reconnect(subscriber: Subscriber): void {
    this.#time.after(this.#dice.between(0, 1_000), () => {
      if (!this.isUp || subscriber.isConnected) return;
      subscriber.isConnected = true;
      for (const channel of subscriber.wanted) this.#subscribe(subscriber, channel);
    });
  }

  #delayMs(): number {
    return this.#dice.between(0, this.#dice.chance(0.1) ? 500 : 30);
  }
}
