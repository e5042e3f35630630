import { Redis } from 'ioredis';
import { afterAll, expect, test } from 'vitest';
import { limits } from '../../src/domain/kernel/index.ts';
import { unpackFrame, type Frame } from '../../src/rooms/frame.ts';
import { RedisRoomLog } from '../../src/rooms/redis-room-log.ts';
import { historySince, MemoryRoomLog, numbered, type RoomLog } from '../../src/rooms/room-log.ts';
import { eventually, modes, newPrefix, redisUrl } from './nodes.ts';

const redis = redisUrl ? new Redis(redisUrl) : null;
const subscriber = redisUrl ? new Redis(redisUrl) : null;
afterAll(() => {
  redis?.disconnect();
  subscriber?.disconnect();
});

interface OpenLog {
  readonly log: RoomLog;
  /** What nodes in `hall:a` hear. */
  readonly frames: Frame[];
  append(count: number, options?: { from?: number; restart?: boolean; id?: number; room?: string }): Promise<void>;
}

async function openLog(mode: (typeof modes)[number]): Promise<OpenLog> {
  const frames: Frame[] = [];
  const log =
    mode === 'redis' && redis ? await redisLog(frames) : new MemoryRoomLog((frame) => void frames.push(frame));
  let batches = 0;
  return {
    log,
    frames,
    append: (count, { from = 0, restart = false, id = (batches += 1), room = 'hall:a' } = {}) =>
      log.append(room, { id, restart, texts: say(count, from) }),
  };
}

async function redisLog(frames: Frame[]): Promise<RoomLog> {
  const prefix = newPrefix();
  const channelOf = (room: string) => `${prefix}${room}`;
  subscriber?.on('smessageBuffer', (channel: Buffer, payload: Buffer) => {
    const frame = unpackFrame(payload);
    if (frame && channel.toString() === channelOf('hall:a')) frames.push(frame);
  });
  await subscriber?.ssubscribe(channelOf('hall:a'));
  return new RedisRoomLog(redis!, { prefix, channelOf });
}

const text = (data: unknown, at = new Date().toISOString()) => JSON.stringify({ type: 'hall.said', at, data });
const say = (count: number, from = 0) => Array.from({ length: count }, (_, index) => text(from + index));

test.each(modes)('in %s, a log numbers events 1, 2, 3 … in one epoch', async (mode) => {
  const { log, append } = await openLog(mode);
  await append(2);
  await append(1, { from: 2 });
  const kept = await log.read('hall:a', null);
  expect(numbered(kept).map(({ seq, data }) => [seq, data])).toEqual([
    [1, 0],
    [2, 1],
    [3, 2],
  ]);
});

test.each(modes)('in %s, a log publishes what it numbers, as the packet that sockets get', async (mode) => {
  const { log, append, frames } = await openLog(mode);
  await append(2);
  await append(1, { from: 2 });
  await eventually(() => frames.length, 2);
  const { epoch } = await log.read('hall:a', null);
  expect(frames.map(({ to, event, span }) => [to, event, span])).toEqual([
    ['hall:a', 'room', { epoch, first: 1, last: 2 }],
    ['hall:a', 'room', { epoch, first: 3, last: 3 }],
  ]);
  const [event, payload] = JSON.parse(frames[1]?.packet.slice(1) ?? '') as [string, object];
  expect([frames[1]?.packet[0], event]).toEqual(['2', 'room']);
  const at = expect.stringMatching(/^\d{4}-/);
  expect(payload).toEqual({ room: 'hall:a', epoch, events: [{ seq: 3, type: 'hall.said', at, data: 2 }] });
});

test.each(modes)('in %s, a log numbers each room on its own', async (mode) => {
  const { log, append } = await openLog(mode);
  await append(3);
  await append(1, { room: 'hall:b' });
  const [a, b, c] = await log.heads(['hall:a', 'hall:b', 'hall:c']);
  expect([a?.seq, b?.seq, c]).toEqual([3, 1, null]);
  expect(b?.epoch).not.toBe(a?.epoch);
});

test.each(modes)('in %s, parallel appends share no number', async (mode) => {
  const { append, frames } = await openLog(mode);
  await Promise.all(Array.from({ length: 20 }, () => append(3)));
  await eventually(() => frames.length, 20);
  const firsts = frames.map(({ span }) => span?.first);
  expect(firsts).toEqual(Array.from({ length: 20 }, (_, index) => index * 3 + 1));
});

test.skipIf(!redis)('in Redis, a batch that comes again after its answer was lost is kept once', async () => {
  const { log, append } = await openLog('redis');
  await append(2, { id: 7 });
  await append(2, { id: 7 });
  await append(2, { id: 7, restart: true });
  expect(await log.heads(['hall:a'])).toMatchObject([{ seq: 2 }]);
});

test.each(modes)('in %s, a room read before its first event keeps the epoch it told', async (mode) => {
  const { log, append } = await openLog(mode);
  const { epoch, head, texts } = await log.read('hall:a', null);
  expect([head, texts]).toEqual([0, []]);
  await append(1);
  expect((await log.read('hall:a', null)).epoch).toBe(epoch);
});

test.each(modes)('in %s, a log keeps the newest events up to the bound, and they end at the head', async (mode) => {
  const { log, append } = await openLog(mode);
  await append(150);
  await append(100, { from: 150 });
  const kept = await log.read('hall:a', null);
  expect([kept.head, kept.texts.length]).toEqual([250, limits.roomHistoryEvents]);
  const events = numbered(kept);
  expect([events[0]?.seq, events.at(-1)?.data]).toEqual([51, 249]);
});

test.each(modes)('in %s, a log forgets events older than the bound', async (mode) => {
  const { log } = await openLog(mode);
  const at = new Date(Date.now() - limits.roomHistoryMs - 1_000).toISOString();
  await log.append('hall:a', { id: 1, restart: false, texts: [text('old', at), text('new')] });
  expect(numbered(await log.read('hall:a', null)).map(({ seq }) => seq)).toEqual([2]);
});

test.each(modes)('in %s, a log gives all events after a cursor that it still reaches', async (mode) => {
  const { log, append } = await openLog(mode);
  await append(250);
  const { epoch } = await log.read('hall:a', null);
  const history = await historySince(log, 'hall:a', { epoch, seq: 240 });
  expect(history).toMatchObject({ epoch, head: 250, recovered: true });
  expect(history.events.map(({ seq }) => seq)).toEqual([241, 242, 243, 244, 245, 246, 247, 248, 249, 250]);
  expect(await historySince(log, 'hall:a', { epoch, seq: 50 })).toMatchObject({ recovered: true });
  expect(await historySince(log, 'hall:a', { epoch, seq: 250 })).toMatchObject({ recovered: true, events: [] });
});

test.each(modes)('in %s, a cursor beyond reach, of another epoch or from the future recovers nothing', async (mode) => {
  const { log, append } = await openLog(mode);
  await append(250);
  const { epoch } = await log.read('hall:a', null);
  const nothing = { epoch, head: 250, recovered: false, events: [] };
  expect(await historySince(log, 'hall:a', { epoch, seq: 49 })).toEqual(nothing);
  expect(await historySince(log, 'hall:a', { epoch: 'another', seq: 245 })).toEqual(nothing);
  expect(await historySince(log, 'hall:a', { epoch, seq: 251 })).toEqual(nothing);
});

test.each(modes)('in %s, a restart begins a new epoch at 1', async (mode) => {
  const { log, append } = await openLog(mode);
  await append(5);
  const before = await log.read('hall:a', null);
  await append(1, { restart: true });
  const after = await log.read('hall:a', null);
  expect(after.epoch).not.toBe(before.epoch);
  expect([after.head, numbered(after).length]).toEqual([1, 1]);
});
