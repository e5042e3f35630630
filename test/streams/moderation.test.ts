import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Actor } from '../../src/domain/kernel/index.ts';
import { streamRoom } from '../../src/domain/streams/room.ts';
import { createHarness, guest, type Harness } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';
import { openRoom } from '../support/rooms.ts';
import { liveStream, published } from './live-stream.ts';

let market: Harness;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
});
afterAll(() => market.close());

const open = (actor: Actor, id: string) => openRoom(streamRoom, market, { actor, id });

test('a banned viewer is put out of the room, stays out and says nothing, until the ban is lifted', async () => {
  const { host, streamId } = await liveStream(market);
  const viewer = await market.user();
  expect(await open(viewer.actor, streamId)).toMatchObject({ stream: { id: streamId }, host: { id: host.id } });
  await market.ok(host, 'streams.ban', { streamId, userId: viewer.id });
  expect(market.delivered.at(-1)?.evictions).toEqual([{ userId: viewer.id, room: `stream:${streamId}` }]);
  expect(published(market, 'stream.silenced').at(-1)).toEqual({ userId: viewer.id });
  expect(await open(viewer.actor, streamId)).toBeNull();
  expect(await market.fails(viewer, 'streams.say', { streamId, text: 'Hi' })).toBe('streams.banned');
  expect(await market.fails(viewer, 'streams.react', { streamId, kind: 'heart' })).toBe('streams.banned');
  await market.ok(host, 'streams.ban', { streamId, userId: viewer.id, banned: false });
  expect(await open(viewer.actor, streamId)).not.toBeNull();
  await market.ok(viewer, 'streams.say', { streamId, text: 'Sorry' });
});

test('a muted viewer watches and reacts, but says nothing', async () => {
  const { host, streamId } = await liveStream(market);
  const viewer = await market.user();
  await market.ok(host, 'streams.mute', { streamId, userId: viewer.id });
  expect(await market.fails(viewer, 'streams.say', { streamId, text: 'Hi' })).toBe('streams.muted');
  await market.ok(viewer, 'streams.react', { streamId, kind: 'heart' });
  expect(await open(viewer.actor, streamId)).not.toBeNull();
  expect((await market.ok(viewer, 'streams.get', { streamId })).allowedActions).toEqual(['streams.react']);
});

test('moderators mute and ban, viewers do not, and nobody touches the host', async () => {
  const { host, streamId } = await liveStream(market);
  const [moderator, viewer] = [await market.user({ roles: ['moderator'] }), await market.user()];
  for (const name of ['streams.mute', 'streams.ban']) {
    expect(await market.fails(viewer, name, { streamId, userId: moderator.id })).toBe('auth.forbidden');
    expect(await market.fails(moderator, name, { streamId, userId: host.id })).toBe('streams.host_untouchable');
    expect(await market.fails(host, name, { streamId, userId: crypto.randomUUID() })).toBe('streams.user_not_found');
    await market.ok(moderator, name, { streamId, userId: viewer.id });
  }
});

test('the room of a stream that does not exist opens for nobody', async () => {
  expect(await open(guest, crypto.randomUUID())).toBeNull();
  expect(await open(guest, "x'; drop table stream")).toBeNull();
});
