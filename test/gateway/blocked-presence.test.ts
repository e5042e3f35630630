import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createListing } from '../support/listings.ts';
import type { TestUser } from '../support/harness.ts';
import { haveRun } from '../support/stopwatch.ts';
import type { TestSocket } from '../support/test-socket.ts';
import { canHoldTwo, startTwoNodes, type TwoNodes } from './two-nodes.ts';

/** Longer than the census takes to tell that somebody came or went. */
const toldMs = 1_500;
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe.skipIf(!canHoldTwo)('after a block', () => {
  let nodes: TwoNodes;
  beforeAll(async () => {
    nodes = await startTwoNodes();
  });
  afterAll(() => nodes.close());

  async function partners(): Promise<{ asha: TestUser; juma: TestUser }> {
    const { harness } = nodes.one;
    const [asha, juma] = [await harness.user(), await harness.user()];
    const { id: listingId } = await createListing(harness, asha);
    await harness.ok(juma, 'conversations.open', { listingId });
    return { asha, juma };
  }

  const presences = ({ frames }: TestSocket) =>
    frames.filter(({ event, payload }) => event === 'signal' && payload.type === 'presence');

  test('no sign of the other’s coming and going crosses the wire, on any node and either way', async () => {
    const { one, two } = nodes;
    const { asha, juma } = await partners();
    const bystander = await one.harness.user();
    const { id: listingId } = await createListing(one.harness, asha);
    await one.harness.ok(bystander, 'conversations.open', { listingId });
    const watching = [one.connect(juma), two.connect(juma)];
    for (const socket of watching) await socket.ok('presence.watch', { userIds: [asha.id] });
    const other = two.connect(bystander);
    await other.ok('presence.watch', { userIds: [asha.id] });
    const device = one.connect(asha);
    await device.ok('presence.watch', { userIds: [juma.id] });
    for (const socket of [...watching, other]) await socket.frame('signal');
    await device.ok('blocks.add', { userId: juma.id });
    await haveRun(300);
    const before = watching.map((socket) => presences(socket).length);
    device.socket.close();
    await other.frame('signal', ({ data }) => data.online === false);
    await wait(toldMs);
    expect(watching.map((socket) => presences(socket).length)).toEqual(before);
    for (const socket of watching) {
      expect(await socket.ok('presence.watch', { userIds: [asha.id] })).toEqual({ items: [] });
    }
  });
});
