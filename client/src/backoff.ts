const firstMs = 250;
const longestMs = 30_000;

/** Milliseconds before the next try: full jitter over an exponential bound, 250 ms … 30 s. */
export function backoffMs(tries: number): number {
  const bound = Math.min(longestMs, firstMs * 2 ** Math.min(tries, 16));
  return firstMs + Math.random() * (bound - firstMs);
}

export function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
