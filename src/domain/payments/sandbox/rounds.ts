const roundMs = 2_000;

/** One round at a time: at once when asked for; soon and regularly once started. */
export function createRounds(round: () => Promise<number>, onError: (error: unknown) => void = () => {}) {
  const timers = new Set<NodeJS.Timeout>();
  let running: Promise<number> = Promise.resolve(0);
  let started = false;
  const now = () => (running = running.catch(() => 0).then(round));
  const inBackground = () => void (started && now().catch(onError));
  const keep = (timer: NodeJS.Timeout) => void timers.add(timer.unref());
  return {
    now,
    soon(ms: number) {
      if (!started) return;
      const timer = setTimeout(() => {
        timers.delete(timer);
        inBackground();
      }, ms);
      keep(timer);
    },
    start() {
      started = true;
      keep(setInterval(inBackground, roundMs));
    },
    async stop() {
      started = false;
      for (const timer of timers) clearTimeout(timer);
      await running.catch(() => 0);
    },
  };
}
