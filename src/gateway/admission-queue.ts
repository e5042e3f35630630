/** How far ahead a turn may lie for a socket to wait for it; who comes later is sent away until then. */
const lineMs = 2_000;
/** How often the line moves. Who enters together is read together: this bounds the statements a second, at any rate. */
const tickMs = 100;
const awayMsMax = 30_000;
const jitterMs = 500;

/** A socket's place in the line, and then inside. */
export interface Place {
  /** Resolves when the turn has come, at once on a quiet node; with false when the place was given back before. */
  readonly turn: Promise<boolean>;
  /** Gives the place back: when the socket closes while it waits, and when its handshake is over. May be repeated. */
  leave(): void;
}

export interface AdmissionCounts {
  /** Handshakes waiting for their turn. */
  readonly waiting: number;
  /** Handshakes under way. */
  readonly admitting: number;
  /** Since the start. */
  readonly admitted: number;
  /** Since the start: handshakes told to come later. */
  readonly turnedAway: number;
}

interface Waiting {
  start(): void;
}

/**
 * Lets sockets in at a bounded rate, in order of arrival, so that a storm of reconnects costs this node and the
 * database no more than the rate allows. A second's worth may come at once; two seconds' worth may wait in line; the
 * rest is told when its turn is likely, each a little later than the one before. At most a second's worth is under way
 * at a time: a database that slows down slows the line down too, and nothing piles up behind it.
 */
export class AdmissionQueue {
  readonly #rate: number;
  /** In order of arrival. */
  readonly #line = new Set<Waiting>();
  #tokens: number;
  #filledAt = performance.now();
  #inside = 0;
  #admitted = 0;
  #turnedAway = 0;
  /** When the turn of the last one turned away will have come. */
  #lastTurnAt = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(ratePerSecond: number) {
    this.#rate = ratePerSecond;
    this.#tokens = ratePerSecond;
  }

  /** Takes a place, or tells how long to stay away. */
  enter(): Place | { readonly retryAfterMs: number } {
    this.#refill();
    if (this.#line.size >= this.#tokens + (this.#rate * lineMs) / 1_000) return { retryAfterMs: this.#turnAway() };
    const { promise: turn, resolve } = Promise.withResolvers<boolean>();
    let state: 'waiting' | 'inside' | 'left' = 'waiting';
    const waiting: Waiting = {
      start: () => {
        state = 'inside';
        resolve(true);
      },
    };
    this.#line.add(waiting);
    // Nobody waits on a quiet node. Close behind another one waits for the tick, to enter with those who come yet.
    if (!this.#timer) this.#move();
    return {
      turn,
      leave: () => {
        if (state === 'inside') this.#inside -= 1;
        else if (this.#line.delete(waiting)) resolve(false);
        state = 'left';
      },
    };
  }

  counts(): AdmissionCounts {
    return {
      waiting: this.#line.size,
      admitting: this.#inside,
      admitted: this.#admitted,
      turnedAway: this.#turnedAway,
    };
  }

  #refill(): void {
    const now = performance.now();
    this.#tokens = Math.min(this.#rate, this.#tokens + ((now - this.#filledAt) * this.#rate) / 1_000);
    this.#filledAt = now;
  }

  #move(): void {
    this.#refill();
    const isQuiet = this.#line.size === 0;
    for (const waiting of this.#line) {
      if (this.#tokens < 1 || this.#inside >= this.#rate) break;
      this.#line.delete(waiting);
      this.#tokens -= 1;
      this.#inside += 1;
      this.#admitted += 1;
      waiting.start();
    }
    this.#timer = isQuiet ? null : setTimeout(() => this.#move(), tickMs).unref();
  }

  #turnAway(): number {
    this.#turnedAway += 1;
    const now = performance.now();
    const turnMs = 1_000 / this.#rate;
    const lineEndsAt = now + (this.#line.size - this.#tokens) * turnMs;
    this.#lastTurnAt = Math.min(Math.max(this.#lastTurnAt, lineEndsAt) + turnMs, now + awayMsMax);
    const inMs = this.#lastTurnAt - now;
    // Those for whom the longest wait is too short must not all come back at its end.
    const spread = inMs < awayMsMax ? inMs + Math.random() * jitterMs : awayMsMax * (0.5 + Math.random() / 2);
    return Math.ceil(Math.min(spread, awayMsMax));
  }
}
