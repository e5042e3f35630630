import { spawn } from 'node:child_process';
import { Redis } from 'ioredis';
import { afterEach, describe, expect, test } from 'vitest';
import { startStopwatch } from '../support/stopwatch.ts';
import { eventually, modes, newPrefix, redisUrl, startNode, stopNodes, type Node } from './nodes.ts';

afterEach(stopNodes);

const toldTo = ({ transport }: Node) => transport.to('hall:a').map(({ payload }) => payload.data.count as number);
const presenceOf = ({ transport }: Node, userId: string) =>
  transport.to(`presence:${userId}`).map(({ payload }) => payload.data.online as boolean);

describe.each(modes)('counting in %s', (mode) => {
  const start = () => startNode(mode === 'redis' ? { redisUrl } : {});

  test('the number of sockets in a room is told when it changes, at most once a second', async () => {
    const node = await start();
    node.transport.rooms.set('hall:a', 1);
    await eventually(() => toldTo(node), [1]);
    const firstToldAt = performance.now();
    node.transport.rooms.set('hall:a', 2);
    await new Promise((resolve) => setTimeout(resolve, 600));
    node.transport.rooms.set('hall:a', 5);
    await eventually(() => toldTo(node), [1, 5]);
    expect(performance.now() - firstToldAt).toBeGreaterThan(900);
    expect(await node.rooms.audience.count(['hall:a', 'hall:b'])).toEqual([5, 0]);
    expect(node.transport.to('hall:a')[0]?.payload).toEqual({
      type: 'hall.viewers',
      room: 'hall:a',
      data: { hallId: 'a', count: 1 },
    });
  });

  test('an unchanged number is not told again', async () => {
    const node = await start();
    node.transport.rooms.set('hall:a', 1);
    await eventually(() => toldTo(node), [1]);
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(toldTo(node)).toEqual([1]);
  });

  test('a person is told online and offline once, with the time they were last seen', async () => {
    const node = await start();
    node.transport.users.set('u1', 2);
    await eventually(() => presenceOf(node, 'u1'), [true]);
    node.transport.users.set('u1', 1);
    node.transport.users.set('u2', 1);
    await eventually(() => presenceOf(node, 'u2'), [true]);
    const leftAt = Date.now();
    node.transport.users.delete('u1');
    await eventually(() => presenceOf(node, 'u1'), [true, false]);
    const { lastSeenAt } = node.transport.to('presence:u1').at(-1)!.payload.data;
    expect(Date.parse(lastSeenAt)).toBeGreaterThan(leftAt - 1_000);
    expect(Date.parse(lastSeenAt)).toBeLessThan(Date.now() + 1_000);
    expect(node.transport.to('presence:u1').at(-1)?.payload).toEqual({
      type: 'presence',
      data: { userId: 'u1', online: false, lastSeenAt },
    });
  });
});

describe.skipIf(!redisUrl)('counting over nodes', () => {
  test('adds the sockets of all nodes, and takes those of a closed node away at once', async () => {
    const prefix = newPrefix();
    const [one, two] = [await startNode({ redisUrl, prefix }), await startNode({ redisUrl, prefix })];
    one.transport.rooms.set('hall:a', 2);
    await eventually(() => toldTo(one), [2]);
    two.transport.rooms.set('hall:a', 3);
    await eventually(
      () => [toldTo(one), toldTo(two)],
      [
        [2, 5],
        [2, 5],
      ],
    );
    expect(await one.rooms.audience.count(['hall:a'])).toEqual([5]);
    const countedForMs = startStopwatch();
    await two.rooms.close();
    expect(await one.rooms.audience.count(['hall:a'])).toEqual([2]);
    await eventually(() => toldTo(one).at(-1), 2);
    expect(countedForMs()).toBeLessThan(2_500);
  });

  test('a node that dies without goodbye stops counting within ten seconds', async () => {
    const prefix = newPrefix();
    const one = await startNode({ redisUrl, prefix });
    one.transport.rooms.set('hall:a', 1);
    const script = new URL('doomed-node.ts', import.meta.url).pathname;
    const two = spawn(process.execPath, [script, prefix], { stdio: 'inherit' });
    await eventually(() => one.rooms.audience.count(['hall:a']), [5]);
    two.kill('SIGKILL');
    const countedForMs = startStopwatch();
    await eventually(() => one.rooms.audience.count(['hall:a']), [1]);
    await eventually(() => toldTo(one).at(-1), 1);
    await eventually(() => presenceOf(one, 'u1'), [false]);
    expect(countedForMs()).toBeLessThan(10_000);
  });

  test('a person with sockets on two nodes stays online until the last one goes', async () => {
    const prefix = newPrefix();
    const [one, two] = [await startNode({ redisUrl, prefix }), await startNode({ redisUrl, prefix })];
    one.transport.users.set('u1', 1);
    await eventually(() => presenceOf(one, 'u1'), [true]);
    two.transport.users.set('u1', 1);
    two.transport.users.set('u2', 1);
    await eventually(() => presenceOf(two, 'u2'), [true]);
    one.transport.users.delete('u1');
    one.transport.users.set('u3', 1);
    await eventually(() => presenceOf(one, 'u3'), [true]);
    expect([...presenceOf(one, 'u1'), ...presenceOf(two, 'u1')]).toEqual([true]);
    two.transport.users.delete('u1');
    await eventually(() => presenceOf(two, 'u1'), [false]);
  });

  test('counts come back by themselves after Redis forgot everything', async () => {
    const prefix = newPrefix();
    const [one, two] = [await startNode({ redisUrl, prefix }), await startNode({ redisUrl, prefix })];
    one.transport.rooms.set('hall:a', 1);
    two.transport.rooms.set('hall:a', 4);
    await eventually(() => one.rooms.audience.count(['hall:a']), [5]);
    const redis = new Redis(redisUrl);
    await redis.del(...(await redis.keys(`${prefix}*`)));
    redis.disconnect();
    await eventually(() => one.rooms.audience.count(['hall:a']), [5]);
  });
});
