import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { connectTo, type TestSocket } from '../support/test-socket.ts';
import { audit, exact } from './audit.ts';
import { startCluster, type Cluster } from './cluster.ts';
import { checkMessages, lastWord, openMarket, pause, startLoad } from './load.ts';
import type { ClusterNode } from './node.ts';
import { participate, participateAll, roomGaps } from './participant.ts';
import { createRandom } from './random.ts';

/** The promise for viewers of a dead node, and what a busy machine adds. */
const countedWithinMs = 10_000 + 5_000;

let cluster: Cluster;
let one: ClusterNode;
let two: ClusterNode;
const sockets: TestSocket[] = [];
beforeAll(async () => {
  cluster = await startCluster(2, { DRAIN_WINDOW: '200ms' });
  [one, two] = cluster.nodes as [ClusterNode, ClusterNode];
});
afterEach(() => {
  for (const { socket } of sockets.splice(0)) socket.close();
});
afterAll(() => cluster?.stop());

test('clients of a killed node go on at another one, exactly where they were', async () => {
  const people = await participateAll(cluster, await cluster.people(12));
  const market = await openMarket(people);
  const load = startLoad(market, { random: createRandom(1), everyMs: 150 });
  for (const node of [two, one]) {
    await pause(1_500);
    await node.kill();
    await pause(1_500);
    await node.start();
  }
  await load.stop();
  await lastWord(market);
  expect(roomGaps(people)).toEqual([]);
  const found = await audit(cluster, people);
  expect(found).toMatchObject({ ...exact, delivered: found.events });
  expect(found.events).toBeGreaterThan(200);
  expect(await checkMessages(cluster, load)).toEqual({ lost: 0, doubled: 0 });
  // One of the two kills met everybody, whichever node they were at.
  expect(people.filter(({ losses }) => losses.length > 0)).toHaveLength(people.length);
  await Promise.all(people.map((person) => person.leave()));
});

async function liveStream(): Promise<{ streamId: string; room: string; leave: () => Promise<void> }> {
  const [user] = await cluster.people(1);
  const host = await participate(cluster, user!, one);
  const { id: streamId } = await host.client.call('streams.schedule', { title: 'Counted' });
  await host.client.call('streams.goLive', { streamId });
  return { streamId, room: `stream:${streamId}`, leave: () => host.leave() };
}

async function watchAt(node: ClusterNode, room: string, token?: string): Promise<TestSocket> {
  const viewer = connectTo(node.url, token ? { token } : {});
  sockets.push(viewer);
  await viewer.ok('rooms.join', { room });
  return viewer;
}

const countTold = ({ frames }: TestSocket) =>
  frames.findLast(({ event, payload }) => event === 'signal' && payload.type === 'stream.viewers')?.payload.data.count;

/** The count that was last told, and the one that is answered when asked. */
async function expectCount(viewer: TestSocket, streamId: string, count: number, withinMs = countedWithinMs) {
  await expect.poll(() => countTold(viewer), { timeout: withinMs }).toBe(count);
  expect(await viewer.ok('streams.get', { streamId })).toMatchObject({ viewerCount: count });
}

test('viewers of a killed, a frozen, a woken and a stopped node are counted right', async () => {
  const { streamId, room, leave } = await liveStream();
  const [witness] = [await watchAt(one, room), await watchAt(one, room), await watchAt(two, room)];
  await watchAt(two, room);
  await expectCount(witness, streamId, 4);

  await two.kill();
  await expectCount(witness, streamId, 2);
  await two.start();
  await watchAt(two, room);
  await expectCount(witness, streamId, 3);

  two.freeze();
  await expectCount(witness, streamId, 2);
  two.wake();
  await expectCount(witness, streamId, 3);

  await two.drain();
  // A stopping node takes its counts away itself: only the pace of telling, a second, and a busy machine stand between.
  await expectCount(witness, streamId, 2, 4_000);
  await two.start();
  await leave();
});

test('a person counts as one view over all nodes and visits, also of a node that was killed', async () => {
  const { streamId, room, leave } = await liveStream();
  const [asha, juma, last] = await cluster.people(3);
  await watchAt(two, room, asha!.token);
  await watchAt(two, room, juma!.token);
  await two.kill();
  await watchAt(one, room, asha!.token);
  await two.start();
  await watchAt(two, room, asha!.token);
  // The worker counts every ten seconds. Once it has counted the last to come, it has counted all visits before.
  const witness = await watchAt(two, room, last!.token);
  const views = async () => (await witness.ok('streams.get', { streamId })).totalViews;
  await expect.poll(views, { timeout: 30_000, interval: 200 }).toBeGreaterThanOrEqual(3);
  expect(await views()).toBe(3);
  await leave();
});
