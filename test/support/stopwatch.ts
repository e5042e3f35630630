const tickMs = 20;
/** Of the time between two ticks, so much counts: in what is beyond, this process did not get to run. */
const countedMsMax = 50;

/**
 * Measures the time in which this process could run, for guarantees that are given in seconds: where the machine stands
 * still, or works for others, so does this clock. The function returned ends the measurement and tells it.
 */
export function startStopwatch(): () => number {
  let countedMs = 0;
  let lookedAt = performance.now();
  const look = () => {
    const now = performance.now();
    countedMs += Math.min(now - lookedAt, countedMsMax);
    lookedAt = now;
  };
  const timer = setInterval(look, tickMs);
  return () => {
    clearInterval(timer);
    look();
    return countedMs;
  };
}

/** Waits until this process has run for so long, so that what it had to do meanwhile is done on a slow machine too. */
export async function haveRun(ms: number): Promise<void> {
  for (let ranMs = 0; ranMs < ms;) {
    const before = performance.now();
    await new Promise((resolve) => setTimeout(resolve, tickMs));
    ranMs += Math.min(performance.now() - before, countedMsMax);
  }
}
