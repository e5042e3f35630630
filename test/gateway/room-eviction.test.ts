import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startOwnRedis, type OwnRedis } from '../support/own-redis.ts';
import { engineKind, startTestServer, type TestServer } from '../support/server.ts';
import { hall, say } from './hall.ts';

/** One process holds two servers on the node engine only. */
const canRun = Boolean(process.env.REDIS_URL) && engineKind === 'node';

describe.skipIf(!canRun)('putting a person out of a room', () => {
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

  test('reaches the person’s sockets on every node and nobody else', async () => {
    const [asha, juma] = [await one.harness.user(), await one.harness.user()];
    const put = [one.connect(asha), two.connect(asha)];
    const stays = [one.connect(juma), two.connect(juma)];
    for (const client of [...put, ...stays]) await client.ok('rooms.join', { room: 'hall:a' });
    say(one, 'hall:a', 'before');
    for (const client of [...put, ...stays]) await client.frame('room');
    one.evict({ userId: asha.id, room: 'hall:a' });
    say(one, 'hall:a', 'after');
    for (const client of stays) await client.frame('room', ({ events }) => events[0].data === 'after');
    for (const client of put) {
      await client.ok('users.me');
      expect(client.frames.filter(({ event }) => event === 'room')).toHaveLength(1);
    }
    expect([one, two].map(({ gateway }) => gateway.transport.roomSizes().get('hall:a'))).toEqual([1, 1]);
  });
});
