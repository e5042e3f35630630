import { afterAll, beforeAll, expect, test } from 'vitest';
import { signalFrame } from '../../src/rooms/frame.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { hall } from './hall.ts';
import { rawConnect, type RawSocket } from './raw-socket.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ roomKinds: [hall] });
});
afterAll(() => server.close());

const room = 'hall:a';
/** More than the kernels at both ends of the connection keep for us, were each of them sent. */
const flood = 400;
const padding = 'x'.repeat(20_000);

function signal(hallId: string, count: number): void {
  const data = { hallId, count, padding };
  server.gateway.transport.send(signalFrame({ to: room, type: 'hall.told', data }));
}

function countsOf({ frames }: RawSocket, hallId: string): number[] {
  const payloads = frames
    .filter((frame) => frame.startsWith('42["signal"'))
    .map((frame) => JSON.parse(frame.slice(2))[1]);
  return payloads
    .filter(({ type, data }) => type === 'hall.told' && data.hallId === hallId)
    .map(({ data }) => data.count);
}

test('a client that is behind gets the latest signal about each thing alone, and is not closed for it', async () => {
  const slow = await rawConnect(server.url, {});
  slow.send(`421["rooms.join",{"room":"${room}"}]`);
  await slow.frame('431[{"ok":true');
  slow.pause();
  for (let count = 1; count <= flood; count += 1) {
    signal('a', count);
    if (count % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  signal('b', 1);
  signal('b', 2);
  slow.resume();
  await expect.poll(() => [countsOf(slow, 'a').at(-1), countsOf(slow, 'b')], { timeout: 20_000 }).toEqual([flood, [2]]);
  const counts = countsOf(slow, 'a');
  expect(counts.length).toBeLessThan(flood);
  expect(counts).toEqual(counts.toSorted((left, right) => left - right));
  expect(server.slowCloses()).toBe(0);
  signal('b', 3);
  await expect.poll(() => countsOf(slow, 'b'), { timeout: 20_000 }).toEqual([2, 3]);
});
