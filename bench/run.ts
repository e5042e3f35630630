import { execFileSync } from 'node:child_process';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import setUpServices from '../test/support/services/setup.ts';
import type { Bench } from './bench.ts';
import { measureAccess } from './measures/access.ts';
import { measureCheckout } from './measures/checkout.ts';
import { measureDelivery } from './measures/delivery.ts';
import { measureExpiry } from './measures/expiry.ts';
import { measureHotRoom } from './measures/hot-room.ts';
import { measureJitter } from './measures/jitter.ts';
import { measureLastUnit } from './measures/last-unit.ts';
import { measureLogins } from './measures/logins.ts';
import { measureMemory } from './measures/memory.ts';
import { measureMessages } from './measures/messages.ts';
import { measureSoak } from './measures/soak.ts';
import { measureStorm } from './measures/storm.ts';
import { printGroup, type Group } from './report.ts';

/** In the order of a run of all: short ones first. */
const measures: Readonly<Record<string, (bench: Bench) => Promise<Group[]>>> = {
  delivery: measureDelivery,
  'hot-room': measureHotRoom,
  memory: measureMemory,
  messages: measureMessages,
  logins: measureLogins,
  access: measureAccess,
  checkout: measureCheckout,
  'last-unit': measureLastUnit,
  expiry: measureExpiry,
  storm: measureStorm,
  jitter: measureJitter,
  soak: measureSoak,
};

const options = '[--quick] [--seconds <of the soak>] [--count <of the orders that expire>]';
const usage = `Usage: npm run bench -- ${options} [${Object.keys(measures).join(' | ')}] …`;

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

function readArguments(): { names: string[] } & Pick<Bench, 'quick' | 'seconds' | 'count'> {
  const { values, positionals } = parseArgs({
    options: { quick: { type: 'boolean', default: false }, seconds: { type: 'string' }, count: { type: 'string' } },
    allowPositionals: true,
  });
  const unknown = positionals.filter((name) => !(name in measures));
  if (unknown.length > 0) {
    console.error(`There is no measure called ${unknown.join(', ')}.\n${usage}`);
    process.exit(2);
  }
  const number = (text: string | undefined) => (text === undefined ? undefined : Number(text));
  const { quick } = values;
  const names = positionals.length > 0 ? positionals : Object.keys(measures);
  return { names, quick, seconds: number(values.seconds), count: number(values.count) };
}

async function main(): Promise<void> {
  const { names, quick, ...amounts } = readArguments();
  const uwsNode = findUwsNode();
  const stopServices = await setUpServices();
  const bench: Bench = {
    node: uwsNode ?? process.execPath,
    engines: uwsNode === null ? ['node'] : ['uws', 'node'],
    quick,
    ...amounts,
    databaseUrl: process.env.DATABASE_URL ?? '',
    redisUrl: process.env.REDIS_URL ?? '',
  };
  console.log(
    `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}, engines ${bench.engines.join(' and ')}`,
  );
  if (quick) console.log('Quick: too short to compare with the aims; it shows that the benchmarks run.');
  try {
    for (const name of names) {
      const [busy = 0] = loadavg();
      const worse = busy > cpus().length ? ': it is busy, and the figures are worse than they are' : '';
      console.log(`\nLoad of the machine before ${name}: ${busy.toFixed(1)}${worse}`);
      // A measure that fails says so, and does not take the others with it.
      await measures[name]!(bench).then(
        (groups) => groups.forEach(printGroup),
        (error: unknown) => {
          console.error(`\n${name} FAILED`, error);
          process.exitCode = 1;
        },
      );
    }
  } finally {
    await stopServices();
  }
}

await main();
