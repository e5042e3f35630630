import type { Config } from './config.ts';
import { beginEpoch } from './domain/kernel/index.ts';
import { createLog } from './log.ts';
import { openDatabases } from './open-stores.ts';

/** Begins a new epoch of everybody's inbox log and returns it. Nodes that run find it at their next head check. */
export async function restartLog(config: Config): Promise<string> {
  const closers: (() => Promise<unknown>)[] = [];
  const log = createLog(config.LOG_LEVEL, config.NODE_ID);
  try {
    const { main } = await openDatabases(config, { log, onStop: (close) => void closers.unshift(close) });
    return await beginEpoch(main.fork().getKysely(), null);
  } finally {
    for (const close of closers) await close();
  }
}
