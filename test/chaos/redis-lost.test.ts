import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { audit, exact } from './audit.ts';
import { startCluster, type Cluster } from './cluster.ts';
import { checkMessages, lastWord, openMarket, pause, startLoad, type Load, type Market } from './load.ts';
import type { ClusterNode } from './node.ts';
import { participate, participateAll, roomGaps, type Participant } from './participant.ts';
import { createRandom } from './random.ts';

/** 30 s is what is promised, and run on demand; a short pause takes the same path, through all timeouts. */
const redisPauseMs = Number(process.env.CHAOS_REDIS_PAUSE_MS ?? 8_000);
/** The promise for a lost last event, and what a busy machine adds. */
const foundWithinMs = 5_000 + 3_000;

let cluster: Cluster;
let people: Participant[];
let market: Market;
let load: Load;
beforeAll(async () => {
  cluster = await startCluster(2);
});
afterEach(() => Promise.all(people.map((person) => person.leave())));
afterAll(() => cluster?.stop());

/** A market in full trade, with nobody who has been refused for lack of a service. */
async function trade(): Promise<void> {
  people = await participateAll(cluster, await cluster.people(10));
  market = await openMarket(people);
  load = startLoad(market, { random: createRandom(2), everyMs: 200 });
  await pause(1_000);
}

async function expectExactTrade(): Promise<void> {
  await load.stop();
  await lastWord(market);
  expect(roomGaps(people)).toEqual([]);
  const refused = [...load.refused.keys()];
  expect(refused.filter((code) => /^(internal|client\.|server\.)/.test(code))).toEqual([]);
  const found = await audit(cluster, people);
  expect(found).toMatchObject({ ...exact, delivered: found.events });
  expect(found.events).toBeGreaterThan(100);
  expect(await checkMessages(cluster, load)).toEqual({ lost: 0, doubled: 0 });
}

/** Nodes serve on and say what is missing. */
async function expectDegraded({ ready, metric }: ClusterNode): Promise<void> {
  await expect.poll(async () => (await ready()).checks.redis, { timeout: 15_000 }).toBe('degraded');
  expect((await ready()).status).toBe(200);
  expect(await metric('soko_redis_up')).toBe(0);
}

async function expectHealthy({ ready, metric }: ClusterNode): Promise<void> {
  await expect.poll(async () => (await ready()).checks.redis, { timeout: 15_000 }).toBe('ok');
  expect(await metric('soko_redis_up')).toBe(1);
}

/** Commands that are sent now are answered. */
async function expectServed(): Promise<void> {
  const before = load.ok;
  await expect.poll(() => load.ok, { timeout: 15_000 }).toBeGreaterThan(before + 30);
}

const everyNode = (check: (node: ClusterNode) => Promise<void>) => Promise.all(cluster.nodes.map(check));

test('a killed Redis costs delay and nothing else', async () => {
  await trade();
  await cluster.redis.kill();
  await everyNode(expectDegraded);
  await expectServed();
  await cluster.redis.start();
  await everyNode(expectHealthy);
  await expectServed();
  await expectExactTrade();
  expect(people.flatMap(({ losses }) => losses)).toEqual([]);
});

test('a Redis that hangs costs delay and nothing else', async () => {
  await trade();
  cluster.redis.pause();
  const pausing = pause(redisPauseMs);
  await everyNode(expectDegraded);
  await expectServed();
  await pausing;
  cluster.redis.resume();
  await everyNode(expectHealthy);
  await expectServed();
  await expectExactTrade();
  expect(people.flatMap(({ losses }) => losses)).toEqual([]);
});

test('a Redis that forgets everything costs nothing, and rooms and viewers are told right again', async () => {
  await trade();
  const redis = new Redis(cluster.redis.url);
  for (let times = 0; times < 3; times += 1) {
    await redis.flushall();
    await pause(700);
  }
  redis.disconnect();
  await expectServed();
  const counts: number[] = [];
  people[0]!.client.on('stream.viewers', ({ data: { count } }) => counts.push(count));
  // Somebody comes after it all: every node has told its counts anew, and the newcomer is one more.
  const [user] = await cluster.people(1);
  const newcomer = await participate(cluster, user!);
  await newcomer.client.join(`stream:${market.streamId}`);
  await expect.poll(() => counts.at(-1), { timeout: 15_000 }).toBe(people.length + 1);
  people.push(newcomer);
  await expectExactTrade();
});

test('an event whose push was lost with Redis is found within five seconds at another node', async () => {
  const [one, two] = cluster.nodes as [ClusterNode, ClusterNode];
  const [user] = await cluster.people(1);
  // The same person twice: what one device does at the first node concerns the other at the second.
  people = [await participate(cluster, user!, one), await participate(cluster, user!, two)];
  const [here, there] = people as [Participant, Participant];
  await here.client.call('users.update', { bio: 'pushed' });
  await expect.poll(() => there.applied.length, { timeout: 10_000 }).toBe(1);
  await cluster.redis.kill();
  const delaysMs: number[] = [];
  for (let lost = 1; lost <= 3; lost += 1) {
    await here.client.call('users.update', { bio: `lost ${lost}` });
    const at = Date.now();
    await expect.poll(() => there.applied.length, { timeout: foundWithinMs }).toBe(1 + lost);
    delaysMs.push(there.applied.at(-1)!.appliedAt - at);
  }
  console.log(`found after ${delaysMs.join(', ')} ms`);
  await cluster.redis.start();
  await everyNode(expectHealthy);
  const found = await audit(cluster, people);
  expect(found).toMatchObject(exact);
});
