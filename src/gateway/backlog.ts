import { limits } from '../domain/kernel/index.ts';

const sweepMs = 1_000;

/** A connection whose unsent bytes are watched. */
export interface Watched {
  /** Bytes accepted by us and not yet taken by the network. */
  backlogBytes(): number;
  /** Closes it with 4003. */
  closeSlow(): void;
}

/** Closes connections that have had unsent bytes for `limits.backlogMs` without a pause. */
export interface BacklogWatch {
  add(watched: Watched): void;
  delete(watched: Watched): void;
  stop(): void;
}

export function createBacklogWatch(): BacklogWatch {
  const behindSince = new Map<Watched, number | null>();
  const sweep = () => {
    const now = performance.now();
    for (const [watched, since] of behindSince) {
      const behind = watched.backlogBytes() > 0;
      if (behind && since !== null && now - since >= limits.backlogMs) watched.closeSlow();
      else if (behind !== (since !== null)) behindSince.set(watched, behind ? now : null);
    }
  };
  const timer = setInterval(sweep, sweepMs).unref();
  return {
    add: (watched) => void behindSince.set(watched, null),
    delete: (watched) => void behindSince.delete(watched),
    stop: () => clearInterval(timer),
  };
}
