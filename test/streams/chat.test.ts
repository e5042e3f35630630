import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHarness, type Harness } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';
import { liveStream, published } from './live-stream.ts';

let market: Harness;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
});
afterAll(() => market.close());

test('what a viewer says goes to the room under their public name', async () => {
  const { streamId } = await liveStream(market);
  const viewer = await market.user({ fullName: 'Amina' });
  const { messageId } = await market.ok(viewer, 'streams.say', { streamId, text: '  Which sizes?  ' });
  expect(published(market, 'stream.said').at(-1)).toEqual({
    messageId,
    text: 'Which sizes?',
    author: { id: viewer.id, fullName: 'Amina', username: null, avatarUrl: null },
  });
});

test('there is no chat before the stream and none after it', async () => {
  const host = await market.user();
  const { id: streamId } = await market.ok(host, 'streams.schedule', { title: 'Later' });
  const viewer = await market.user();
  expect(await market.fails(viewer, 'streams.say', { streamId, text: 'Hello?' })).toBe('streams.not_live');
  await market.ok(host, 'streams.goLive', { streamId });
  await market.ok(viewer, 'streams.say', { streamId, text: 'Hello!' });
  await market.ok(host, 'streams.end', { streamId });
  expect(await market.fails(viewer, 'streams.react', { streamId, kind: 'heart' })).toBe('streams.not_live');
});

test('slow mode makes viewers wait and tells how long; the host never waits', async () => {
  const { host, streamId } = await liveStream(market);
  const viewer = await market.user();
  expect(await market.fails(viewer, 'streams.setSlowMode', { streamId, seconds: 30 })).toBe('auth.forbidden');
  expect(await market.ok(host, 'streams.setSlowMode', { streamId, seconds: 30 })).toMatchObject({
    slowModeSeconds: 30,
  });
  await market.ok(viewer, 'streams.say', { streamId, text: 'One' });
  const refused = await market.call(viewer, 'streams.say', { streamId, text: 'Two' });
  expect(refused).toMatchObject({ ok: false, error: { code: 'streams.slow_mode', retryAfterMs: expect.any(Number) } });
  for (const text of ['A', 'B']) await market.ok(host, 'streams.say', { streamId, text });
  market.clock.offsetMs += 30_000;
  await market.ok(viewer, 'streams.say', { streamId, text: 'Two' });
});

test('slow mode lets one of two simultaneous messages through', async () => {
  const { host, streamId } = await liveStream(market);
  await market.ok(host, 'streams.setSlowMode', { streamId, seconds: 30 });
  const viewer = await market.user();
  const replies = await Promise.all([1, 2].map((n) => market.call(viewer, 'streams.say', { streamId, text: `${n}` })));
  expect(replies.filter((reply) => reply.ok)).toHaveLength(1);
});

test('reactions are pushed as sums, so that a dropped push loses nothing', async () => {
  const { streamId } = await liveStream(market);
  const [first, second] = [await market.user(), await market.user()];
  await market.ok(first, 'streams.react', { streamId, kind: 'heart', count: 5 });
  await market.ok(second, 'streams.react', { streamId, kind: 'fire' });
  expect(await market.ok(second, 'streams.react', { streamId, kind: 'heart', count: 2 })).toEqual({ total: 7 });
  const signal = market.delivered.flatMap((outbound) => outbound.signals).at(-1);
  expect(signal).toMatchObject({
    to: `stream:${streamId}`,
    type: 'stream.reactions',
    data: { totals: { heart: 7, fire: 1 } },
  });
});
