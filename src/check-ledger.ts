import type { Config } from './config.ts';
import { inTransaction } from './domain/kernel/index.ts';
import { checkBooks, type CheckResult } from './domain/payouts/index.ts';
import { createLog } from './log.ts';
import { openDatabases } from './open-stores.ts';

/** Checks all of the books as they are at one moment, and writes what it looked at. False when something is wrong. */
export async function checkLedger(config: Config, write: (line: string) => void): Promise<boolean> {
  const closers: (() => Promise<unknown>)[] = [];
  const log = createLog(config.LOG_LEVEL, config.NODE_ID);
  try {
    const { main } = await openDatabases(config, { log, onStop: (close) => void closers.unshift(close) });
    const store = { sql: main.sql, fork: () => main.fork(), isSnapshot: true };
    const results = await inTransaction(store, ({ sql }) => checkBooks(sql));
    for (const line of results.flatMap(linesOf)) write(line);
    const wrong = results.reduce((total, result) => total + result.wrong, 0);
    write(wrong === 0 ? 'the books agree' : `the books do not agree in ${wrong} places`);
    return wrong === 0;
  } finally {
    for (const close of closers) await close();
  }
}

function linesOf({ check, of, checked, wrong, differences }: CheckResult): string[] {
  const told = differences.map(({ code, transferId, currency, expectedMinor, foundMinor }) => {
    const where = [code, transferId && `transfer ${transferId}`, currency].filter(Boolean).join(' ');
    return `  ${where}: expected ${expectedMinor}, found ${foundMinor}`;
  });
  return [`${check}: ${checked} ${of}, ${wrong} wrong`, ...told];
}
