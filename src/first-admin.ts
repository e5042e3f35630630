import { ConfigError, type Config } from './config.ts';
import { grantAdmin } from './domain/identity/index.ts';
import { inTransaction } from './domain/kernel/index.ts';
import { createLog } from './log.ts';
import { openDatabases } from './open-stores.ts';

/** Gives the role of admin to the account of an e-mail address, phone number or username. */
export async function makeAdmin(config: Config, identifier: string | undefined): Promise<void> {
  if (!identifier) throw new ConfigError('say whom: npm run admin -- <e-mail address, phone number or username>');
  const closers: (() => Promise<unknown>)[] = [];
  const log = createLog(config.LOG_LEVEL, config.NODE_ID);
  try {
    const { main } = await openDatabases(config, { log, onStop: (close) => void closers.unshift(close) });
    const store = { sql: main.sql, fork: () => main.fork() };
    if (await inTransaction(store, (transaction) => grantAdmin(transaction, identifier))) return;
    throw new ConfigError(`no account has the username or the proven address ${identifier}`);
  } finally {
    for (const close of closers) await close();
  }
}
