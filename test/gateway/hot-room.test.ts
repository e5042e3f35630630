import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TestSocket } from '../support/test-socket.ts';
import { say } from './hall.ts';
import { canHoldTwo, startTwoNodes, type TwoNodes } from './two-nodes.ts';

const framesOf = ({ frames }: TestSocket) =>
  frames.filter(({ event }) => event === 'room').map(({ payload }) => payload as { epoch: string; events: any[] });
const eventsOf = (client: TestSocket) => framesOf(client).flatMap(({ events }) => events);
const range = (to: number) => Array.from({ length: to }, (_, index) => index + 1);

describe.skipIf(!canHoldTwo)('a hot room of two nodes', () => {
  let nodes: TwoNodes;
  beforeAll(async () => {
    nodes = await startTwoNodes();
  });
  afterAll(() => nodes.close());

  test('what both say at once arrives everywhere in one order, without a gap, many events to a frame', async () => {
    const { one, two } = nodes;
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
    const { one, two } = nodes;
    const client = two.connect(null);
    await client.ok('rooms.join', { room: 'hall:quiet' });
    say(one, 'hall:quiet', 'alone');
    expect((await client.frame('room')).events).toMatchObject([{ seq: 1, data: 'alone' }]);
  });

  test('a node that Redis forgot for a moment reads what it missed and tells its sockets', async () => {
    const { one, two, redis } = nodes;
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
