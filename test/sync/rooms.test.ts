import { afterAll, beforeAll, expect, test } from 'vitest';
import { limits, type RoomMessage } from '../../src/domain/kernel/index.ts';
import { createHarness, type Harness } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';
import { memoryRooms } from '../support/rooms.ts';
import { testConnection } from '../support/transport.ts';
import { liveStream } from '../streams/live-stream.ts';

let market: Harness;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
});
afterAll(() => market.close());

/** Delivers what the last commands published, as production does, and waits until it is in the log. */
async function settle(room: string, head: number): Promise<{ epoch: string }> {
  for (const outbound of market.delivered.splice(0)) memoryRooms.deliver(outbound);
  for (;;) {
    const history = await market.ok(null, 'rooms.history', { room, epoch: '', after: 0 });
    if (history.head >= head) return history;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test('a joiner sees the room as it is, and its cursor is where live events continue', async () => {
  const { host, streamId } = await liveStream(market);
  const room = `stream:${streamId}`;
  const connection = testConnection();
  const joined = await market.ok(null, 'rooms.join', { room }, { connection });
  expect(joined).toMatchObject({ room, recovered: true });
  expect(joined.snapshot).toMatchObject({ stream: { id: streamId, state: 'live' } });
  expect([...connection.rooms]).toEqual([room]);
  market.delivered.splice(0);
  await market.ok(host, 'streams.say', { streamId, text: 'Welcome' });
  await settle(room, joined.head + 1);
  const history = await market.ok(null, 'rooms.history', { room, epoch: joined.epoch, after: joined.head });
  expect(history).toMatchObject({
    recovered: true,
    events: [{ seq: joined.head + 1, type: 'stream.said', data: { text: 'Welcome' } }],
  });
});

test('who comes back with a cursor gets all that was missed, or is told that it is not all', async () => {
  const { host, streamId } = await liveStream(market);
  const room = `stream:${streamId}`;
  const { epoch, head } = await market.ok(null, 'rooms.join', { room }, { connection: testConnection() });
  market.delivered.splice(0);
  const messages = Array.from({ length: limits.roomHistoryEvents + 1 }, (_, index): RoomMessage => ({
    room,
    type: 'stream.said',
    data: { index },
    at: new Date().toISOString(),
  }));
  memoryRooms.deliver({ inbox: [], rooms: messages.slice(0, 3), signals: [], evictions: [] });
  await settle(room, head + 3);
  const rejoin = (seq: number) =>
    market.ok(host, 'rooms.join', { room, after: { epoch, seq } }, { connection: testConnection() });
  const back = await rejoin(head + 1);
  expect([back.recovered, back.events.map(({ seq }: { seq: number }) => seq)]).toEqual([true, [head + 2, head + 3]]);
  memoryRooms.deliver({ inbox: [], rooms: messages, signals: [], evictions: [] });
  await settle(room, head + 3 + messages.length);
  const late = await rejoin(head + 1);
  expect(late).toMatchObject({ recovered: false, events: [], snapshot: { stream: { id: streamId } } });
});

test('the banned do not join, nor read what is said', async () => {
  const { host, streamId } = await liveStream(market);
  const viewer = await market.user();
  const room = `stream:${streamId}`;
  const connection = testConnection();
  await market.ok(viewer, 'rooms.join', { room }, { connection });
  await market.ok(host, 'streams.ban', { streamId, userId: viewer.id });
  expect(await market.fails(viewer, 'rooms.join', { room }, { connection: testConnection() })).toBe('rooms.not_found');
  expect(await market.fails(viewer, 'rooms.history', { room, epoch: '', after: 0 })).toBe('rooms.not_found');
});

test("no one joins a person's rooms, an unknown kind or a room that is not there", async () => {
  const asha = await market.user();
  const internal = [`user:${asha.id}`, `session:${asha.actor.sessionId}`, `presence:${asha.id}`];
  for (const room of [...internal, 'stream:', 'stream:x', `stream:${crypto.randomUUID()}`, 'xyz']) {
    const connection = testConnection();
    expect(await market.fails(asha, 'rooms.join', { room }, { connection }), room).toBe('rooms.not_found');
    expect(connection.rooms.size).toBe(0);
  }
});

test('joining and leaving need a socket, reading does not', async () => {
  const { streamId } = await liveStream(market);
  const room = `stream:${streamId}`;
  const asha = await market.user();
  expect(await market.fails(asha, 'rooms.join', { room })).toBe('rooms.socket_required');
  expect(await market.fails(asha, 'rooms.leave', { room })).toBe('rooms.socket_required');
  expect(await market.fails(asha, 'presence.watch', { userIds: [] })).toBe('rooms.socket_required');
  await market.ok(asha, 'rooms.history', { room, epoch: '', after: 0 });
});

test('leaving twice is fine', async () => {
  const { streamId } = await liveStream(market);
  const room = `stream:${streamId}`;
  const connection = testConnection();
  await market.ok(null, 'rooms.join', { room }, { connection });
  await market.ok(null, 'rooms.leave', { room }, { connection });
  await market.ok(null, 'rooms.leave', { room }, { connection });
  expect(connection.rooms.size).toBe(0);
});
