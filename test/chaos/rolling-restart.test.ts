import { afterAll, beforeAll, expect, test } from 'vitest';
import { rawConnect, type RawSocket } from '../gateway/raw-socket.ts';
import { audit, exact } from './audit.ts';
import { startCluster, type Cluster } from './cluster.ts';
import { checkMessages, lastWord, openMarket, pause, startLoad } from './load.ts';
import { participateAll, roomGaps } from './participant.ts';
import { createRandom } from './random.ts';

const drainWindowMs = 4_000;

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster(3, { DRAIN_WINDOW: `${drainWindowMs}ms` });
});
afterAll(() => cluster?.stop());

test('a rolling restart of three nodes under load loses nothing and spreads the reconnects', async () => {
  const people = await participateAll(cluster, await cluster.people(24));
  const market = await openMarket(people);
  const load = startLoad(market, { random: createRandom(4), everyMs: 300 });
  await pause(1_000);
  for (const node of cluster.nodes) {
    const there = people.filter(({ line }) => line.port() === node.port);
    const witness = await rawConnect(node.url, {});
    const begunAt = Date.now();
    expect(await node.drain()).toBe(0);
    const sentAway = there.map(({ losses }) => losses.filter(({ at }) => at >= begunAt));
    // Each left once, told when to come back, and not all of them in one moment.
    expect(sentAway.map((losses) => losses.length)).toEqual(there.map(() => 1));
    const waitsMs = sentAway.map(([loss]) => loss!.retryInMs);
    for (const waitMs of waitsMs) expect(waitMs).toBeGreaterThan(0);
    expect(new Set(waitsMs).size).toBeGreaterThan(1);
    const times = sentAway.map(([loss]) => loss!.at).toSorted((a, b) => a - b);
    expect(times.at(-1)! - times[0]!).toBeGreaterThan(drainWindowMs / 4);
    await expectFarewell(witness);
    await node.start();
  }
  await load.stop();
  await lastWord(market);
  const found = await audit(cluster, people);
  expect(found).toMatchObject({ ...exact, delivered: found.events });
  expect(found.events).toBeGreaterThan(500);
  expect(roomGaps(people)).toEqual([]);
  expect(await checkMessages(cluster, load)).toEqual({ lost: 0, doubled: 0 });
  expect([...load.refused.keys()].filter((code) => /^(internal|client\.|server\.)/.test(code))).toEqual([]);
  await Promise.all(people.map((person) => person.leave()));
});

/** What the protocol says of a drain, as a client in any language sees it. */
async function expectFarewell({ frames, closed }: RawSocket): Promise<void> {
  expect(await closed).toBe(4005);
  const [event, payload] = JSON.parse(frames.at(-1)!.slice('42'.length)) as [
    string,
    { afterMs: number; reason: string },
  ];
  expect([event, payload]).toEqual(['reconnect', { afterMs: expect.any(Number), reason: 'draining' }]);
  expect(payload.afterMs).toBeGreaterThan(0);
}
