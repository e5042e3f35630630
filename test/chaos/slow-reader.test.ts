import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { httpClient } from '../support/http-client.ts';
import type { TestUser } from '../support/harness.ts';
import { audit, exact } from './audit.ts';
import { startCluster, type Cluster } from './cluster.ts';
import type { ClusterNode } from './node.ts';
import { participate, roomGaps, type Participant } from './participant.ts';

/** Three bytes a character: with the kernels' buffers of a few megabytes full, the server's own bound comes next. */
const heavyText = '€'.repeat(4_000);
/** A flood that has closed nobody by then has met no bound. */
const floodMax = 2_000;
/** What a node may grow by: its heap breathes; the flood alone, kept for every slow reader, would be more. */
const growthMaxBytes = 200 * 1024 * 1024;
const slowCloses = 'soko_slow_closes_total';
const slowReaders = 3;

let cluster: Cluster;
let one: ClusterNode;
let two: ClusterNode;
let readers: Participant[] = [];
beforeAll(async () => {
  cluster = await startCluster(2);
  [one, two] = cluster.nodes as [ClusterNode, ClusterNode];
});
afterEach(() => Promise.all(readers.map((reader) => reader.leave())));
afterAll(() => cluster?.stop());

const call = (node: ClusterNode, user: TestUser) => httpClient(node.url, user.token);

/** Sends, in turn for each sender, until the node has closed all slow readers; returns how much it took. */
async function flood(senders: readonly ((count: number) => Promise<unknown>)[]): Promise<number> {
  const closedBefore = (await one.metric(slowCloses)) ?? 0;
  const bytesBefore = (await one.metric('process_resident_memory_bytes')) ?? 0;
  let sent = 0;
  for (let round = 0; sent < floodMax; round += 1) {
    await Promise.all(senders.map((send) => send(round)));
    sent += senders.length;
    const grownBytes = ((await one.metric('process_resident_memory_bytes')) ?? 0) - bytesBefore;
    expect(grownBytes).toBeLessThan(growthMaxBytes);
    if (((await one.metric(slowCloses)) ?? 0) - closedBefore >= slowReaders) return sent;
  }
  throw new Error(`${sent} events of 12 KB did not close ${slowReaders} readers that read nothing`);
}

async function expectRecovery(slow: readonly Participant[]): Promise<void> {
  for (const { line } of slow) line.flow();
  await expect.poll(() => slow.every(({ losses }) => losses.length > 0), { timeout: 20_000 }).toBe(true);
  expect(await audit(cluster, readers)).toMatchObject(exact);
}

test('readers stalled under inbox events are closed, their neighbour gets all, and they recover exactly', async () => {
  const [reader] = await cluster.people(1);
  const senders = await cluster.people(20);
  readers = await Promise.all(Array.from({ length: slowReaders + 1 }, () => participate(cluster, reader!, one)));
  const [healthy, ...slow] = readers as [Participant, ...Participant[]];
  const { items } = await healthy.client.call('categories.list', {});
  const { id: listingId } = await healthy.client.call('listings.create', {
    title: 'Wanted by many',
    description: 'So they write',
    categoryId: items[0]!.id,
    priceMinor: 100,
    currency: 'USD',
    condition: 'new',
  });
  const conversations = await Promise.all(
    senders.map((sender) => call(two, sender)('conversations.open', { listingId })),
  );
  for (const { line } of slow) line.stall();
  const sent = await flood(
    senders.map((sender, index) => () => {
      const { id: conversationId } = conversations[index];
      return call(two, sender)('messages.send', { conversationId, kind: 'text', text: heavyText });
    }),
  );
  console.log(`${slowReaders} slow readers were closed within ${sent} inbox events of 12 KB`);
  const head = await call(two, reader!)('sync.pull', { epoch: '', after: 0 });
  await expect.poll(() => healthy.client.cursor?.seq, { timeout: 10_000 }).toBe(head.head);
  expect(healthy.losses).toEqual([]);
  await expectRecovery(slow);
});

test('readers stalled in a loud room are closed, their neighbour hears all, and they come back to it', async () => {
  // The author's name goes with each word: a long one makes few words heavy.
  const [host, ...speakers] = await cluster.people(31, heavyText);
  const { id: streamId } = await call(two, host!)('streams.schedule', { title: 'Loud' });
  await call(two, host!)('streams.goLive', { streamId });
  const viewers = await cluster.people(slowReaders + 1);
  readers = await Promise.all(viewers.map((viewer) => participate(cluster, viewer, one)));
  const [healthy, ...slow] = readers as [Participant, ...Participant[]];
  for (const { client } of readers) await client.join(`stream:${streamId}`);
  for (const { line } of slow) line.stall();
  const words = await flood(
    speakers.map((speaker, index) => (round) => {
      return call(index % 2 ? one : two, speaker)('streams.say', { streamId, text: `Word ${round}` });
    }),
  );
  console.log(`${slowReaders} slow readers were closed within ${words} room events of 12 KB`);
  const heard = ({ roomLogs }: Participant) => roomLogs.flat().filter(({ type }) => type === 'stream.said').length;
  await expect.poll(() => heard(healthy), { timeout: 10_000 }).toBe(words);
  expect(healthy.losses).toEqual([]);
  await expectRecovery(slow);
  const last = () => readers.map(({ roomLogs }) => (roomLogs.at(-1)?.at(-1)?.data as { text?: string })?.text);
  await call(two, host!)('streams.say', { streamId, text: 'Back again' });
  await expect.poll(last, { timeout: 15_000 }).toEqual(readers.map(() => 'Back again'));
  expect(roomGaps(readers)).toEqual([]);
});
