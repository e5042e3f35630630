import { afterAll, beforeAll, expect, test } from 'vitest';
import { audit, exact } from './audit.ts';
import { startCluster, type Cluster } from './cluster.ts';
import { openMarket, pause, startLoad } from './load.ts';
import { participateAll } from './participant.ts';
import { createRandom } from './random.ts';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster(2);
});
afterAll(() => cluster?.stop());

test('transactions cut by a dying PostgreSQL, of a frozen node too, keep no connection of their pool', async () => {
  const people = await participateAll(cluster, await cluster.people(12));
  const load = startLoad(await openMarket(people), { random: createRandom(5), everyMs: 100 });
  const [, frozen] = cluster.nodes;
  for (let kills = 0; kills < 3; kills += 1) {
    await pause(1_000);
    frozen!.freeze();
    await pause(500);
    await cluster.postgres.kill();
    await pause(500);
    await cluster.postgres.start();
    frozen!.wake();
  }
  await load.stop();
  const used = () => Promise.all(cluster.nodes.map(({ metric }) => metric('soko_database_connections{state="used"}')));
  await expect.poll(used, { timeout: 20_000 }).toEqual([0, 0]);
  const found = await audit(cluster, people);
  expect(found).toMatchObject({ ...exact, delivered: found.events });
  await Promise.all(people.map((person) => person.leave()));
});
