const realImmediate = setImmediate;
const patched = ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] as const;
/** Far from zero, so that a forgotten real clock shows. */
const startedAt = Date.UTC(2030, 0, 1);

class Timer {
  readonly run: () => void;
  readonly everyMs: number | null;
  at: number;
  order = 0;
  cancelled = false;

  constructor(run: () => void, at: number, everyMs: number | null) {
    this.run = run;
    this.at = at;
    this.everyMs = everyMs;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
}

/**
 * A clock that moves only when all work at its present moment is done, and the one queue of everything that is yet to
 * happen: what is due at the same moment happens in the order in which it was planned. While installed, the timers and
 * `Date.now` of the code under test are these.
 */
export class VirtualTime {
  now = 0;
  readonly #heap: Timer[] = [];
  #planned = 0;

  after(ms: number, run: () => void): Timer {
    return this.#plan(new Timer(run, this.now + Math.max(0, ms), null));
  }

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => void this.after(ms, resolve));
  }

  /** Puts these timers in place of the real ones; returns the way back. */
  install(): () => void {
    const { now } = Date;
    const before = Object.fromEntries(patched.map((name) => [name, globalThis[name]]));
    const bound = (run: (...args: unknown[]) => void, args: unknown[]) => () => run(...args);
    const stop = (timer?: Timer) => void (timer && (timer.cancelled = true));
    Object.assign(globalThis, {
      setTimeout: (run: () => void, ms = 0, ...args: unknown[]) => this.after(ms, bound(run, args)),
      setInterval: (run: () => void, ms = 0, ...args: unknown[]) =>
        this.#plan(new Timer(bound(run, args), this.now + ms, Math.max(1, ms))),
      clearTimeout: stop,
      clearInterval: stop,
    });
    Date.now = () => startedAt + this.now;
    return () => {
      Object.assign(globalThis, before);
      Date.now = now;
    };
  }

  /** Lets everything happen that is due within this time. */
  async pass(ms: number): Promise<void> {
    const until = this.now + ms;
    await settled();
    for (let next = this.#heap[0]; next !== undefined && next.at <= until; next = this.#heap[0]) {
      this.#pop();
      if (next.cancelled) continue;
      this.now = next.at;
      next.run();
      if (next.everyMs !== null) {
        next.at += next.everyMs;
        this.#plan(next);
      }
      await settled();
    }
    this.now = until;
  }

  #plan(timer: Timer): Timer {
    timer.order = this.#planned += 1;
    let index = this.#heap.push(timer) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(this.#heap[index]!, this.#heap[parent]!)) break;
      this.#swap(index, parent);
      index = parent;
    }
    return timer;
  }

  #pop(): void {
    const last = this.#heap.pop()!;
    if (this.#heap.length === 0) return;
    this.#heap[0] = last;
    for (let index = 0; ;) {
      const [left, right] = [2 * index + 1, 2 * index + 2];
      let least = index;
      for (const child of [left, right]) {
        if (child < this.#heap.length && isBefore(this.#heap[child]!, this.#heap[least]!)) least = child;
      }
      if (least === index) return;
      this.#swap(index, least);
      index = least;
    }
  }

  #swap(one: number, other: number): void {
    [this.#heap[one], this.#heap[other]] = [this.#heap[other]!, this.#heap[one]!];
  }
}

function isBefore(one: Timer, other: Timer): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}

/** Resolves when no promise has anything left to do: immediates come after all microtasks and ticks. */
function settled(): Promise<void> {
  return new Promise((resolve) => void realImmediate(resolve));
}

/** Whole numbers that look random and are the same for the same seed (mulberry32). */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** At least 0 and below 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  chance(of: number): boolean {
    return this.next() < of;
  }
}
