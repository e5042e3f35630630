import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHarness, type Harness } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';
import { liveStream } from './live-stream.ts';

let market: Harness;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
});
afterAll(() => market.close());

test("the host's word starts a stream and tells where to send the picture", async () => {
  const host = await market.user();
  const { id: streamId } = await market.ok(host, 'streams.schedule', { title: 'Evening market' });
  const started = await market.ok(host, 'streams.goLive', { streamId });
  expect(started.stream).toMatchObject({ state: 'live', hostId: host.id });
  expect(started.stream.allowedActions).toContain('streams.end');
  expect(started.ingest.rtmpUrl).toBe('rtmp://media.test/live');
  expect(started.ingest.streamKey).toHaveLength(32);
  expect(started.hlsUrl).toBe(`https://media.test/hls/${streamId}/index.m3u8`);
});

test('the key is shown to nobody but the host, and in no event', async () => {
  const { host, streamId } = await liveStream(market);
  const { ingest } = await market.ok(host, 'streams.rotateKey', { streamId });
  const viewer = await market.user();
  const seen = [
    await market.call(viewer, 'streams.get', { streamId }),
    await market.call(null, 'streams.list', {}),
    await market.inboxOf(host),
    market.delivered,
  ];
  expect(JSON.stringify(seen)).not.toContain(ingest.streamKey);
  expect(await market.fails(viewer, 'streams.rotateKey', { streamId })).toBe('auth.forbidden');
  expect(await market.fails(viewer, 'streams.goLive', { streamId })).toBe('auth.forbidden');
});

test('a key issued ahead of the broadcast is the one that goes live', async () => {
  const host = await market.user();
  const { id: streamId } = await market.ok(host, 'streams.schedule', { title: 'Set up early' });
  const { ingest } = await market.ok(host, 'streams.rotateKey', { streamId });
  expect(await market.ok(null, 'streams.get', { streamId })).toMatchObject({ state: 'ready' });
  expect((await market.ok(host, 'streams.goLive', { streamId })).ingest).toEqual(ingest);
});

test('a host is live once at a time, even when two starts race', async () => {
  const host = await market.user();
  const both = [1, 2].map((n) => market.ok(host, 'streams.schedule', { title: `Stream ${n}` }));
  const ids = (await Promise.all(both)).map(({ id }) => id);
  const replies = await Promise.all(ids.map((streamId) => market.call(host, 'streams.goLive', { streamId })));
  expect(replies.map((reply) => (reply.ok ? 'ok' : reply.error.code)).toSorted()).toEqual([
    'ok',
    'streams.already_live',
  ]);
});

test('a stream that is over cannot be started again', async () => {
  const { host, streamId } = await liveStream(market);
  const ended = await market.ok(host, 'streams.end', { streamId });
  expect(ended).toMatchObject({ state: 'ended', durationSeconds: expect.any(Number) });
  expect(await market.fails(host, 'streams.goLive', { streamId })).toBe('streams.over');
  expect(await market.fails(host, 'streams.rotateKey', { streamId })).toBe('streams.over');
});
