import { afterAll, beforeAll, expect, test } from 'vitest';
import { audit, exact, type Audit } from './audit.ts';
import { startCluster, type Cluster } from './cluster.ts';
import { injectFaults } from './faults.ts';
import { checkMessages, lastWord, openMarket, startLoad, type Load } from './load.ts';
import { participateAll, roomGaps } from './participant.ts';
import { createRandom } from './random.ts';

/** Small by default; `npm run chaos` runs the large one. The same seed draws the same faults. */
const clients = Number(process.env.CHAOS_CLIENTS ?? 40);
const seconds = Number(process.env.CHAOS_SECONDS ?? 40);
const seed = Number(process.env.CHAOS_SEED ?? Math.floor(Math.random() * 2 ** 31));
/** Commands of all clients together, on a machine that runs the whole cluster and its clients. */
const commandsPerSecond = 80;
const faultEveryMs = 2_500;
const settleWithinMs = 60_000;

let cluster: Cluster;
beforeAll(async () => {
  console.log(`CHAOS_SEED=${seed} CHAOS_CLIENTS=${clients} CHAOS_SECONDS=${seconds}`);
  cluster = await startCluster(3);
});
afterAll(() => cluster?.stop());

test(
  'whatever dies, every client has exactly the events of the database, in order, once',
  async () => {
    const random = createRandom(seed);
    const people = await participateAll(cluster, await cluster.people(clients));
    const market = await openMarket(people);
    const load = startLoad(market, { random, everyMs: (1_000 * clients) / commandsPerSecond });
    const faults = await injectFaults(
      { cluster, people, random: createRandom(seed) },
      { durationMs: seconds * 1_000, everyMs: faultEveryMs },
    );
    await load.stop();
    const found = await audit(cluster, people, settleWithinMs);
    console.log(tableOf(faults, load, found));
    if (found.notes.length > 0) console.log((await conditions()).join('\n'));
    expect(found).toMatchObject({ ...exact, delivered: found.events });
    expect(await checkMessages(cluster, load)).toEqual({ lost: 0, doubled: 0 });
    expect(load.refused.get('internal') ?? 0).toBe(0);
    await lastWord(market, settleWithinMs);
    expect(roomGaps(people)).toEqual([]);
    await Promise.all(people.map((person) => person.leave()));
  },
  (seconds + 300) * 1_000,
);

/** What nodes say of themselves, for whoever has to find out why. */
function conditions(): Promise<string[]> {
  return Promise.all(
    cluster.nodes.map(async ({ name, state, ready, metric, output }) => {
      const checks = await ready().catch(String);
      const sockets = await metric('soko_connections').catch(String);
      const used = await metric('soko_database_connections{state="used"}').catch(String);
      const said = `${sockets} sockets, ${used} database connections used, ${JSON.stringify(checks)}`;
      return `${name} ${state}: ${said}\n${output().slice(-1_000)}`;
    }),
  );
}

function tableOf(faults: ReadonlyMap<string, number>, load: Load, found: Audit): string {
  const refused = [...load.refused].map(([code, count]) => `${code} ${count}`);
  const lines: [string, number | string][] = [
    ...[...faults].map(([kind, count]): [string, number] => [kind, count]),
    ['faults injected', [...faults.values()].reduce((sum, count) => sum + count, 0)],
    ['commands sent', load.sent],
    ['  answered ok', load.ok],
    ['  refused', refused.join(', ') || 0],
    ['events in the database', found.events],
    ['events delivered', found.delivered],
    ['  lost', found.lost],
    ['  duplicated', found.doubled],
    ['  out of order', found.misordered],
    ['  with other content', found.altered],
    ['stale entities', found.stale],
    ['whole states read anew', found.rereads],
  ];
  return lines.map(([name, value]) => `${name.padEnd(24)} ${String(value).padStart(8)}`).join('\n');
}
