import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startOwnRedis, type OwnRedis } from '../support/own-redis.ts';
import { engineKind, startTestServer, type TestServer } from '../support/server.ts';
import type { TestSocket } from '../support/test-socket.ts';
import { hall, say } from './hall.ts';

/** One process holds two servers on the node engine only. */
const canRun = Boolean(process.env.REDIS_URL) && engineKind === 'node';

const framesOf = ({ frames }: TestSocket) =>
  frames.filter(({ event }) => event === 'room').map(({ payload }) => payload as { epoch: string; events: any[] });
const eventsOf = (client: TestSocket) => framesOf(client).flatMap(({ events }) => events);
const range = (to: number) => Array.from({ length: to }, (_, index) => index + 1);

describe.skipIf(!canRun)('a hot room of two nodes', () => {
  let redis: OwnRedis;
  let one: TestServer;
  let two: TestServer;
  beforeAll(async () => {
    redis = await startOwnRedis();
    const shared = { roomKinds: [hall], redis: { url: redis.url, prefix: 'test:' } };
    one = await startTestServer(shared);
    two = await startTestServer({ ...shared, beside: one });
  });
  afterAll(async () => {
    await two.close();
    await one.close();
    await redis.remove();
  });

  test('what both say at once arrives everywhere in one order, without a gap, many events to a frame', async () => {
    const clients = [one.connect(null), two.connect(null), two.connect(null)];
    for (const client of clients) await client.ok('rooms.join', { room: 'hall:a' });
    const each = 400;
    for (let count = 1; count <= each; count += 1) {
      say(one, 'hall:a', `one ${count}`);
      say(two, 'hall:a', `two ${count}`);
      if (count % 8 === 0) await new Promise((resolve) => setTimeout(resolve, 8));
    }
    for (const client of clients) await expect.poll(() => eventsOf(client).length, { timeout: 20_000 }).toBe(2 * each);
    const [first, ...others] = clients.map((client) => eventsOf(client).map(({ seq, data }) => [seq, data]));
    expect(first?.map(([seq]) => seq)).toEqual(range(2 * each));
    for (const other of others) expect(other).toEqual(first);
    for (const name of ['one', 'two']) {
      const said = first?.map(([, data]) => String(data)).filter((data) => data.startsWith(name));
      expect(said).toEqual(range(each).map((count) => `${name} ${count}`));
    }
    expect(framesOf(clients[0]!).length).toBeLessThan(each / 2);
    expect([one, two].map(({ rooms }) => rooms.counts().repairedRooms)).toEqual([0, 0]);
  });

  test('the first word of a quiet room does not wait for others', async () => {
    const client = two.connect(null);
    await client.ok('rooms.join', { room: 'hall:quiet' });
    say(one, 'hall:quiet', 'alone');
    expect((await client.frame('room')).events).toMatchObject([{ seq: 1, data: 'alone' }]);
  });

  test('a node that Redis forgot for a moment reads what it missed and tells its sockets', async () => {
    const client = two.connect(null);
    await client.ok('rooms.join', { room: 'hall:b' });
    say(one, 'hall:b', 'before');
    await client.frame('room');
    // Only the subscriptions are cut: what is said meanwhile is numbered and kept, and nobody hears it.
    await redis.cutSubscribers();
    say(one, 'hall:b', 'unheard');
    await expect
      .poll(() => eventsOf(client).map(({ data }) => data), { timeout: 20_000 })
      .toEqual(['before', 'unheard']);
  });
});
