import { afterAll, beforeAll, expect, test } from 'vitest';
import { audiencePort } from '../../src/domain/kernel/index.ts';
import { createHarness, system, type Harness } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';
import { liveStream } from './live-stream.ts';

let market: Harness;
const counts = new Map<string, number>();
let asked: string[][] = [];
beforeAll(async () => {
  market = await createHarness((ports) => {
    bindTestPorts(ports);
    ports.bind(audiencePort, {
      online: async () => new Set(),
      async count(rooms) {
        asked.push([...rooms]);
        return rooms.map((room) => counts.get(room) ?? 0);
      },
    });
  });
});
afterAll(() => market.close());

test('a page of streams asks for its viewer counts once and pages by key', async () => {
  const streams = [await liveStream(market), await liveStream(market), await liveStream(market)];
  counts.set(`stream:${streams[1]!.streamId}`, 12);
  asked = [];
  const first = await market.ok(null, 'streams.list', { which: 'live', limit: 2 });
  expect(asked).toHaveLength(1);
  expect(first.items.map((item: any) => item.id)).toEqual([streams[2]!.streamId, streams[1]!.streamId]);
  expect(first.items[1]).toMatchObject({ viewerCount: 12, peakViewers: 12, host: { fullName: 'Host' } });
  const second = await market.ok(null, 'streams.list', { which: 'live', limit: 2, cursor: first.nextCursor });
  expect(second).toMatchObject({ items: [{ id: streams[0]!.streamId }], nextCursor: null });
});

test('the peak is kept when viewers leave', async () => {
  const { streamId } = await liveStream(market);
  for (const count of [3, 9, 2]) {
    counts.set(`stream:${streamId}`, count);
    await market.runJob('streams.measure');
  }
  expect(await market.ok(null, 'streams.get', { streamId })).toMatchObject({ viewerCount: 2, peakViewers: 9 });
});

test('a person counts as one view however often they join; guests have no identity to count', async () => {
  const { streamId } = await liveStream(market);
  const [first, second] = [await market.user(), await market.user()];
  for (const userId of [first.id, first.id, second.id, null]) {
    await market.ok(system, 'streams.recordView', { id: streamId, userId });
  }
  await market.runJob('streams.measure');
  expect(await market.ok(null, 'streams.get', { streamId })).toMatchObject({ totalViews: 2 });
});

test('viewers cannot be invented by a client', async () => {
  const { host, streamId } = await liveStream(market);
  expect(await market.fails(host, 'streams.recordView', { id: streamId, userId: host.id })).toBe('command.unknown');
});
