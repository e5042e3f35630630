import { afterEach, describe, expect, test } from 'vitest';
import { eventually, message, modes, outbound, redisUrl, startNode, stopNodes } from './nodes.ts';

afterEach(stopNodes);

describe.each(modes)('delivery in %s', (mode) => {
  const start = () => startNode(mode === 'redis' ? { redisUrl } : {});

  test('an inbox batch goes to the person as one frame', async () => {
    const { rooms, transport } = await start();
    const events = [{ seq: 4, type: 'user.changed', at: '2026-01-01T00:00:00.000Z', data: {} }];
    rooms.deliver(outbound({ inbox: [{ userId: 'u1', epoch: 'e', events }] }));
    expect(transport.frames).toEqual([{ room: 'user:u1', event: 'inbox', payload: { epoch: 'e', events } }]);
  });

  test('messages of a room arrive numbered and in order, many to a frame when they come fast', async () => {
    const { rooms, transport } = await start();
    for (let index = 0; index < 120; index += 1) rooms.deliver(outbound({ rooms: [message('hall:a', index)] }));
    await eventually(() => transport.to('hall:a').flatMap(({ payload }) => payload.events).length, 120);
    const frames = transport.to('hall:a');
    const events = frames.flatMap(({ payload }) => payload.events);
    const expected = Array.from({ length: 120 }, (_, index) => [index + 1, index]);
    expect(events.map(({ seq, data }) => [seq, data])).toEqual(expected);
    expect(frames.length).toBeLessThan(10);
    expect(new Set(frames.map(({ payload }) => payload.epoch)).size).toBe(1);
  });

  test('signals about the same thing become the latest one, at once for people and rooms', async () => {
    const { rooms, transport } = await start();
    const typing = (userId: string, until: number) => ({
      to: 'user:u1',
      type: 'typing',
      data: { conversationId: 'c1', userId, until },
    });
    rooms.deliver(outbound({ signals: [typing('u2', 1), typing('u3', 1)] }));
    const viewers = { to: 'hall:a', type: 'hall.viewers', data: { hallId: 'a', count: 3 } };
    rooms.deliver(outbound({ signals: [typing('u2', 2), viewers] }));
    await eventually(() => transport.frames.length, 3);
    expect(transport.frames.map(({ payload }) => payload)).toEqual([
      { type: 'typing', data: { conversationId: 'c1', userId: 'u2', until: 2 } },
      { type: 'typing', data: { conversationId: 'c1', userId: 'u3', until: 1 } },
      { type: 'hall.viewers', room: 'hall:a', data: { hallId: 'a', count: 3 } },
    ]);
    expect(rooms.counts().droppedSignals).toBe(1);
  });

  test('a broken socket server is counted and told once, never thrown', async () => {
    const { rooms, transport, warnings } = await start();
    transport.broken = true;
    const inbox = [{ userId: 'u1', epoch: 'e', events: [] }];
    for (let index = 0; index < 50; index += 1) {
      rooms.deliver(outbound({ inbox, evictions: [{ userId: 'u1', reason: 'test' }], rooms: [message('hall:a')] }));
    }
    await eventually(() => rooms.counts().failed > 100, true);
    expect(rooms.counts().emitted).toBe(0);
    expect(warnings).toHaveLength(1);
  });

  test('what is delivered before a socket server is attached is counted as lost', async () => {
    const { rooms } = await startNode({ ...(mode === 'redis' ? { redisUrl } : {}), attach: false });
    expect(() => rooms.deliver(outbound({ inbox: [{ userId: 'u1', epoch: 'e', events: [] }] }))).not.toThrow();
    expect(rooms.counts()).toMatchObject({ emitted: 0, failed: 1 });
  });

  test('closing hands over the signals and messages that wait', async () => {
    const { rooms, transport } = await start();
    rooms.deliver(outbound({ rooms: [message('hall:a')], signals: [{ to: 'hall:a', type: 'typing', data: {} }] }));
    await rooms.close();
    expect(transport.frames.map(({ event }) => event).toSorted()).toEqual(['room', 'signal']);
  });
});
