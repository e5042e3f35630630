import { execFileSync } from 'node:child_process';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import setUpServices from '../test/support/services/setup.ts';
import { createMarket } from './market.ts';
import { measureDelivery } from './measures/delivery.ts';
import { measureMemory } from './measures/memory.ts';
import { measureMessages } from './measures/messages.ts';
import { printGroup } from './report.ts';

const full = { sockets: 1_000, rounds: 4, eventsPerRound: 50, users: 2_000, warm: 500, pairs: 200, seconds: 8 };
const quick = { sockets: 200, rounds: 1, eventsPerRound: 25, users: 400, warm: 100, pairs: 100, seconds: 2 };

/** A Node that loads uWebSockets.js, or null where there is none. */
function findUwsNode(): string | null {
  const prepare = fileURLToPath(new URL('../test/support/uws/prepare.sh', import.meta.url));
  try {
    const output = execFileSync('sh', [prepare, join(tmpdir(), 'soko-uws')], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return output.trim().split('\n').at(-1) ?? null;
  } catch {
    return null;
  }
}

async function main(): Promise<void> {
  const isQuick = process.argv.includes('--quick');
  const size = isQuick ? quick : full;
  const uwsNode = findUwsNode();
  const node = uwsNode ?? process.execPath;
  const engines = uwsNode === null ? ['node'] : ['uws', 'node'];
  const stopServices = await setUpServices();
  console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}, engines ${engines.join(' and ')}`);
  const [busy = 0] = loadavg();
  if (busy > cpus().length)
    console.log(`The machine is busy (load ${busy.toFixed(1)}): the figures will be worse than they are.`);
  if (isQuick) console.log('Quick: too short to compare with the aims; it shows that the benchmarks run.');
  try {
    printGroup(await measureDelivery(size, { node, uws: uwsNode !== null }));
    const market = await createMarket(process.env.DATABASE_URL ?? '', size);
    try {
      printGroup(await measureMemory(market, { node, engines, warm: size.warm }));
      const [engine = 'node'] = engines;
      for (const group of await measureMessages(market, { node, engine, seconds: size.seconds })) printGroup(group);
    } finally {
      await market.close();
    }
  } finally {
    await stopServices();
  }
}

await main();
