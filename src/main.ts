import { existsSync } from 'node:fs';
import { enableCompileCache, flushCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';
import { banner } from './banner.ts';
import { ConfigError, maskConfig, readConfig, type Config } from './config.ts';
import { StartError } from './data-dir.ts';
import { superviseWorkers, workerArgument, workerConfig, type WorkerMessage } from './workers.ts';

/**
 * `node src/main.ts` serves; `config` after it prints the resolved configuration, and `epoch` begins the inbox log
 * anew: for an operator who put back a snapshot of the database's disk, of which the database itself knows nothing.
 * `admin` and an e-mail address, phone number or username makes the first admin. `ledger` checks the books.
 * The server itself is loaded by whoever serves: a supervisor starts without it. Once compiled it is kept, for the next
 * start to take half the time.
 */
async function main(): Promise<void> {
  // Where NODE_COMPILE_CACHE names no folder. Not the temporary one: others may write there, and this is code.
  enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/soko/compiled', import.meta.url)));
  if (existsSync('.env')) process.loadEnvFile();
  const config = readConfig();
  const [, , what, index] = process.argv;
  if (what === 'config') {
    for (const [name, value] of Object.entries(maskConfig(config))) console.log(`${name}=${String(value ?? '')}`);
  } else if (what === 'epoch') {
    const { restartLog } = await import('./restart-log.ts');
    console.log(`the inbox log goes on in epoch ${await restartLog(config)}; clients read their state anew`);
  } else if (what === 'admin') {
    const { makeAdmin } = await import('./first-admin.ts');
    await makeAdmin(config, index);
    console.log(`${index} is an admin now`);
  } else if (what === 'ledger') {
    const { checkLedger } = await import('./check-ledger.ts');
    if (!(await checkLedger(config, console.log))) process.exitCode = 1;
  } else if (what === workerArgument && process.send) {
    await work(workerConfig(config, Number(index)));
  } else if (config.WORKERS > 1) {
    process.exit(await superviseWorkers(config));
  } else {
    await serve(config);
  }
}

async function serve(config: Config): Promise<void> {
  const { startSoko } = await import('./soko.ts');
  const { opsPort, stop, ...soko } = await startSoko(config);
  console.log(banner(config, { ...soko, opsPorts: [opsPort] }));
  flushCompileCache();
  stopOn(['SIGTERM', 'SIGINT'], stop);
}

/** One of several processes, which its supervisor speaks for. */
async function work(config: Config): Promise<void> {
  // A terminal sends its interrupt to everyone; the supervisor decides what comes of it.
  process.on('SIGINT', () => {});
  const leave = () => process.exit(0);
  process.once('disconnect', leave);
  const { startSoko } = await import('./soko.ts');
  try {
    const { port, opsPort, parts, stop } = await startSoko(config);
    process.off('disconnect', leave);
    process.once('disconnect', () => void stop().then(leave));
    stopOn(['SIGTERM'], stop);
    tell({ told: 'ready', port, opsPort, parts });
    flushCompileCache();
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    process.off('disconnect', leave);
    tell({ told: 'refused', reason: error.message }, () => process.exit(1));
  }
}

function tell(message: WorkerMessage, then?: () => void): void {
  process.send?.(message, undefined, undefined, then);
}

function stopOn(names: readonly NodeJS.Signals[], stop: () => Promise<void>): void {
  let signals = 0;
  const onSignal = () => {
    signals += 1;
    // A second signal means now: what is in flight is in the database or did not happen.
    if (signals > 1) process.exit(1);
    void stop().then(() => process.exit(0));
  };
  for (const name of names) process.on(name, onSignal);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof StartError || error instanceof ConfigError)) throw error;
  console.error(`soko: ${error.message}`);
  process.exit(1);
}
