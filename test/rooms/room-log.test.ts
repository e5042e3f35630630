import { Redis } from 'ioredis';
import { afterAll, expect, test } from 'vitest';
import { limits } from '../../src/domain/kernel/index.ts';
import { RedisRoomLog } from '../../src/rooms/redis-room-log.ts';
import { historySince, MemoryRoomLog, type RoomLog } from '../../src/rooms/room-log.ts';
import { message, modes, newPrefix, redisUrl } from './nodes.ts';

const redis = redisUrl ? new Redis(redisUrl) : null;
afterAll(() => redis?.disconnect());

function openLog(mode: (typeof modes)[number]): RoomLog {
  return mode === 'redis' && redis ? new RedisRoomLog(redis, newPrefix()) : new MemoryRoomLog();
}

const say = (count: number, from = 0) => Array.from({ length: count }, (_, index) => message('hall:a', from + index));

test.each(modes)('in %s, a log numbers events 1, 2, 3 … in one epoch', async (mode) => {
  const log = openLog(mode);
  const first = await log.append('hall:a', say(2), false);
  const second = await log.append('hall:a', say(1, 2), false);
  expect([...first.events, ...second.events].map(({ seq, data }) => [seq, data])).toEqual([
    [1, 0],
    [2, 1],
    [3, 2],
  ]);
  expect(second.epoch).toBe(first.epoch);
});

test.each(modes)('in %s, a log numbers each room on its own', async (mode) => {
  const log = openLog(mode);
  const a = await log.append('hall:a', say(3), false);
  const b = await log.append('hall:b', [message('hall:b')], false);
  expect(b.events[0]?.seq).toBe(1);
  expect(b.epoch).not.toBe(a.epoch);
});

test.each(modes)('in %s, parallel appends share no number', async (mode) => {
  const log = openLog(mode);
  const batches = await Promise.all(Array.from({ length: 20 }, () => log.append('hall:a', say(3), false)));
  const numbers = batches.flatMap(({ events }) => events.map(({ seq }) => seq)).toSorted((a, b) => a - b);
  expect(numbers).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
});

test.each(modes)('in %s, a room read before its first event keeps the epoch it told', async (mode) => {
  const log = openLog(mode);
  const { epoch, head, events } = await log.read('hall:a', null);
  expect([head, events]).toEqual([0, []]);
  expect((await log.append('hall:a', say(1), false)).epoch).toBe(epoch);
});

test.each(modes)('in %s, a log keeps the newest events up to the bound, and they end at the head', async (mode) => {
  const log = openLog(mode);
  await log.append('hall:a', say(150), false);
  await log.append('hall:a', say(100, 150), false);
  const { head, events } = await log.read('hall:a', null);
  expect([head, events.length]).toEqual([250, limits.roomHistoryEvents]);
  expect([events[0]?.seq, events.at(-1)?.data]).toEqual([51, 249]);
});

test.each(modes)('in %s, a log forgets events older than the bound', async (mode) => {
  const log = openLog(mode);
  const at = new Date(Date.now() - limits.roomHistoryMs - 1_000).toISOString();
  await log.append('hall:a', [{ ...message('hall:a'), at }, message('hall:a')], false);
  const { events } = await log.read('hall:a', null);
  expect(events.map(({ seq }) => seq)).toEqual([2]);
});

test.each(modes)('in %s, a log gives all events after a cursor that it still reaches', async (mode) => {
  const log = openLog(mode);
  const { epoch } = await log.append('hall:a', say(250), false);
  const history = await historySince(log, 'hall:a', { epoch, seq: 240 });
  expect(history).toMatchObject({ epoch, head: 250, recovered: true });
  expect(history.events.map(({ seq }) => seq)).toEqual([241, 242, 243, 244, 245, 246, 247, 248, 249, 250]);
  expect(await historySince(log, 'hall:a', { epoch, seq: 50 })).toMatchObject({ recovered: true });
  expect(await historySince(log, 'hall:a', { epoch, seq: 250 })).toMatchObject({ recovered: true, events: [] });
});

test.each(modes)('in %s, a cursor beyond reach, of another epoch or from the future recovers nothing', async (mode) => {
  const log = openLog(mode);
  const { epoch } = await log.append('hall:a', say(250), false);
  const nothing = { epoch, head: 250, recovered: false, events: [] };
  expect(await historySince(log, 'hall:a', { epoch, seq: 49 })).toEqual(nothing);
  expect(await historySince(log, 'hall:a', { epoch: 'another', seq: 245 })).toEqual(nothing);
  expect(await historySince(log, 'hall:a', { epoch, seq: 251 })).toEqual(nothing);
});

test.each(modes)('in %s, a restart begins a new epoch at 1', async (mode) => {
  const log = openLog(mode);
  const before = await log.append('hall:a', say(5), false);
  const after = await log.append('hall:a', say(1), true);
  expect(after.epoch).not.toBe(before.epoch);
  expect(after.events[0]?.seq).toBe(1);
  expect(await log.read('hall:a', null)).toMatchObject({ head: 1, epoch: after.epoch });
});
