import { existsSync } from 'node:fs';
import { banner } from './banner.ts';
import { ConfigError, maskConfig, readConfig } from './config.ts';
import { StartError } from './data-dir.ts';
import { restartLog } from './restart-log.ts';
import { startSoko } from './soko.ts';

/**
 * `node src/main.ts` serves; `config` after it prints the resolved configuration, and `epoch` begins the inbox log
 * anew: for an operator who put back a snapshot of the database's disk, of which the database itself knows nothing.
 */
async function main(): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile();
  const config = readConfig();
  if (process.argv[2] === 'config') {
    for (const [name, value] of Object.entries(maskConfig(config))) console.log(`${name}=${String(value ?? '')}`);
    return;
  }
  if (process.argv[2] === 'epoch') {
    console.log(`the inbox log goes on in epoch ${await restartLog(config)}; clients read their state anew`);
    return;
  }
  const soko = await startSoko(config);
  console.log(banner(config, soko));
  let signals = 0;
  const onSignal = () => {
    signals += 1;
    // A second signal means now: what is in flight is in the database or did not happen.
    if (signals > 1) process.exit(1);
    void soko.stop().then(() => process.exit(0));
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof StartError || error instanceof ConfigError)) throw error;
  console.error(`soko: ${error.message}`);
  process.exit(1);
}
