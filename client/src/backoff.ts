const firstMs = 250;
const longestMs = 30_000;

/** Milliseconds before the next try: full jitter, so a bound that doubles from 250 ms to 30 s. */
export function backoffMs(tries: number): number {
  return Math.random() * Math.min(longestMs, firstMs * 2 ** Math.min(tries, 16));
}

export function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
