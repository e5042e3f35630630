import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { say } from './hall.ts';
import { canHoldTwo, startTwoNodes, type TwoNodes } from './two-nodes.ts';

describe.skipIf(!canHoldTwo)('putting a person out of a room', () => {
  let nodes: TwoNodes;
  beforeAll(async () => {
    nodes = await startTwoNodes();
  });
  afterAll(() => nodes.close());

  test('reaches the person’s sockets on every node and nobody else', async () => {
    const { one, two } = nodes;
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
