import { afterAll, beforeAll, expect, test } from 'vitest';
import { StreamEntity } from '../../src/domain/streams/entities.ts';
import { createHarness, type Harness } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';
import { liveStream, published } from './live-stream.ts';

let market: Harness;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
});
afterAll(() => market.close());

async function interrupt(streamId: string): Promise<void> {
  await market.database.fork().nativeUpdate(
    StreamEntity,
    { id: streamId },
    {
      state: 'interrupted',
      interruptedAt: new Date(Date.now() + market.clock.offsetMs),
    },
  );
}

test('the room and the host are told that a stream ended', async () => {
  const { host, streamId } = await liveStream(market);
  await market.ok(host, 'streams.end', { streamId });
  expect(published(market, 'stream.updated').at(-1)).toMatchObject({ id: streamId, state: 'ended' });
  const last = (await market.inboxOf(host)).at(-1);
  expect(last).toMatchObject({
    type: 'stream.changed',
    data: { id: streamId, state: 'ended', change: { what: 'ended' } },
  });
});

test('a moderator ends what is on air, but calls off nothing; a stranger does neither', async () => {
  const { streamId } = await liveStream(market);
  const moderator = await market.user({ roles: ['moderator'] });
  expect(await market.fails(await market.user(), 'streams.end', { streamId })).toBe('auth.forbidden');
  await market.ok(moderator, 'streams.end', { streamId });
  const { id: planned } = await market.ok(await market.user(), 'streams.schedule', { title: 'Tomorrow' });
  expect(await market.fails(moderator, 'streams.end', { streamId: planned })).toBe('streams.not_live');
});

test('an interrupted stream can be resumed for a minute and is over after it, swept or not', async () => {
  const { host, streamId } = await liveStream(market);
  await interrupt(streamId);
  await market.runJob('streams.sweep');
  expect(await market.ok(host, 'streams.goLive', { streamId })).toMatchObject({ stream: { state: 'live' } });
  await interrupt(streamId);
  market.clock.offsetMs += 61_000;
  expect(await market.fails(host, 'streams.goLive', { streamId })).toBe('streams.over');
  expect(await market.fails(host, 'streams.say', { streamId, text: 'Still here?' })).toBe('streams.not_live');
  await market.runJob('streams.sweep');
  expect(await market.ok(null, 'streams.get', { streamId })).toMatchObject({ state: 'ended', deadline: null });
});

test('nobody stays on air longer than twelve hours', async () => {
  const { streamId } = await liveStream(market);
  market.clock.offsetMs += 12 * 3_600_000;
  await market.runJob('streams.sweep');
  expect(await market.ok(null, 'streams.get', { streamId })).toMatchObject({ state: 'ended' });
});
