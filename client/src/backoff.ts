const firstMs = 250;
const longestMs = 30_000;
const longestToldMs = 5 * 60_000;
const jitterMs = 5_000;

/** Milliseconds before the next try: full jitter, so a bound that doubles from 250 ms to 30 s. */
export function backoffMs(tries: number): number {
  return Math.random() * Math.min(longestMs, firstMs * 2 ** Math.min(tries, 16));
}

/**
 * Milliseconds before the try at the time that the server told, which it may have told to thousands: up to twice as
 * long, and at most 5 s longer. A number that cannot be meant is not waited for.
 */
export function toldMs(told: number): number {
  const bounded = Math.min(Math.max(told, 0), longestToldMs);
  return bounded + Math.random() * Math.min(bounded, jitterMs);
}

export function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
