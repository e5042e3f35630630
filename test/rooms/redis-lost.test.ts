import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { testConnection } from '../support/transport.ts';
import { eventually, message, outbound, redisUrl, startNode, stopNodes } from './nodes.ts';
import { startStopwatch } from '../support/stopwatch.ts';
import { startOwnRedis, type OwnRedis } from '../support/own-redis.ts';

let server: OwnRedis;

const unhandled: unknown[] = [];
const note = (reason: unknown) => void unhandled.push(reason);

// Where tests may use Redis at all, its server is installed here, or in a container that a test could not kill.
const given = test.skipIf(!redisUrl);

beforeAll(async () => {
  process.on('unhandledRejection', note);
  if (redisUrl) server = await startOwnRedis();
});
afterEach(stopNodes);
afterAll(async () => {
  await server?.remove();
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
});

given('a start without Redis fails with one clear error that hides the password', async () => {
  const error = await startNode({ redisUrl: 'redis://:secret@127.0.0.1:1' }).catch((reason: Error) => reason);
  expect(String(error)).toMatch(/Redis 7 or later is needed at 127\.0\.0\.1:1: .*ECONNREFUSED/);
  expect(String(error)).not.toContain('secret');
});

given('the node stays up, degrades, and recovers by itself', async () => {
  const node = await startNode({ redisUrl: server.url });
  const { rooms, transport, warnings } = node;
  expect(rooms.state()).toEqual({ mode: 'redis', healthy: true });
  rooms.deliver(outbound({ rooms: [message('hall:a', 'before')] }));
  await eventually(() => transport.to('hall:a').length, 1);

  await server.kill();
  await eventually(() => rooms.state().healthy, false);
  const db = { fork: () => db } as never;
  const visitor = { db, actor: { kind: 'guest', ip: '' } as const, now: new Date(), port: () => null as never };
  const connection = testConnection();
  await expect(rooms.membership.join({ connection, room: 'hall:a', visitor })).rejects.toThrow('server.unavailable');
  expect(connection.rooms.size).toBe(0);
  rooms.deliver(
    outbound({
      inbox: [{ userId: 'u1', epoch: 'e', events: [] }],
      rooms: [message('hall:a', 'waiting')],
      evictions: [{ userId: 'u1', reason: 'x' }],
    }),
  );
  expect(transport.to('user:u1')).toHaveLength(1);
  expect(transport.evictions).toHaveLength(1);
  transport.rooms.set('hall:a', 3);
  expect(await rooms.audience.count(['hall:a'])).toEqual([3]);
  expect(warnings.length).toBeGreaterThan(0);

  await server.start();
  await eventually(() => rooms.state().healthy, true);
  rooms.deliver(outbound({ rooms: [message('hall:a', 'after')] }));
  const said = () =>
    transport.to('hall:a').filter(({ event, payload }) => event === 'room' && payload.events.length > 0);
  const heard = () => said().flatMap(({ payload }) => payload.events.map((event: any) => [event.seq, event.data]));
  await eventually(heard, [
    [1, 'before'],
    [1, 'waiting'],
    [2, 'after'],
  ]);
  expect(said()[1]?.payload.epoch).not.toBe(said()[0]?.payload.epoch);
  expect(rooms.counts().failed).toBe(0);
  expect(await rooms.membership.join({ connection, room: 'hall:a', visitor })).toMatchObject({ head: 2 });
  await eventually(() => transport.to('hall:a').filter(({ event }) => event === 'signal').length > 0, true);
});

given('a room that says more than may wait begins a new epoch, so that everyone in it reads again', async () => {
  const { rooms, transport } = await startNode({ redisUrl: server.url });
  const frames = () => transport.to('hall:a').map(({ payload }) => payload);
  rooms.deliver(outbound({ rooms: [message('hall:a', 'before')] }));
  await eventually(() => frames().length, 1);
  server.pause();
  for (let index = 0; index < 1_500; index += 1) rooms.deliver(outbound({ rooms: [message('hall:a', index)] }));
  expect(rooms.counts().failed).toBeGreaterThanOrEqual(1_000);
  server.resume();
  await eventually(() => frames().at(-1)?.events.at(-1)?.data, 1_499);
  const epochs = [...new Set(frames().map(({ epoch }) => epoch))];
  expect(epochs).toHaveLength(2);
  const events = frames().flatMap((frame) => (frame.epoch === epochs[1] ? frame.events : []));
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  await eventually(() => rooms.state().healthy, true);
});

given('calls are limited by this node alone meanwhile', async () => {
  const {
    rooms: { limiter, state },
  } = await startNode({ redisUrl: server.url });
  expect(await limiter.take('u1:x', 2)).toBeNull();
  await server.kill();
  const waitedMs = startStopwatch();
  expect([await limiter.take('u1:x', 2), await limiter.take('u1:x', 2)]).toEqual([null, null]);
  expect(await limiter.take('u1:x', 2)).not.toBeNull();
  expect(waitedMs()).toBeLessThan(2_000);
  await server.start();
  await eventually(() => state().healthy, true);
  expect(await limiter.take('u3:x', 2)).toBeNull();
});

given('a Redis that hangs is noticed, and calls do not wait for it', async () => {
  const { rooms } = await startNode({ redisUrl: server.url });
  server.pause();
  await eventually(() => rooms.state().healthy, false);
  const waitedMs = startStopwatch();
  for (let index = 0; index < 20; index += 1) expect(await rooms.limiter.take('u1:x', 100)).toBeNull();
  expect(waitedMs()).toBeLessThan(1_000);
  server.resume();
  await eventually(() => rooms.state().healthy, true);
});
