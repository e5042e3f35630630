import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { limits } from '../../src/domain/kernel/index.ts';
import { createBacklogWatch } from '../../src/gateway/backlog.ts';
import { roomFrame } from '../../src/rooms/frame.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { hall } from './hall.ts';
import { rawConnect } from './raw-socket.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ roomKinds: [hall] });
});
afterEach(() => void vi.useRealTimers());
afterAll(() => server.close());

/** More than the kernels at both ends of the connection keep for us. */
const messages = 1_500;
const said = JSON.stringify({ text: 'x'.repeat(20_000) });

test('a slow reader is closed and its healthy neighbour gets everything', async () => {
  const [slow, healthy] = [await rawConnect(server.url, {}), server.connect(null)];
  slow.send('421["rooms.join",{"room":"hall:a"}]');
  await slow.frame('431[{"ok":true');
  await healthy.ok('rooms.join', { room: 'hall:a' });
  slow.pause();
  const heard = () => healthy.frames.filter(({ event }) => event === 'room').length;
  for (let sent = 0; sent < messages;) {
    for (let burst = 0; burst < 20; burst += 1) {
      sent += 1;
      server.gateway.transport.send(roomFrame('hall:a', { epoch: 'e', first: sent, texts: [said] }));
    }
    await expect.poll(heard, { interval: 1, timeout: 20_000 }).toBe(sent);
  }
  const seqs = healthy.frames.filter(({ event }) => event === 'room').map(({ payload }) => payload.events[0].seq);
  expect(seqs).toEqual(Array.from({ length: messages }, (_, index) => index + 1));
  expect(server.slowCloses()).toBe(1);
  await expect.poll(() => server.gateway.stats().connections, { timeout: 20_000 }).toBe(1);
  slow.resume();
  expect([4003, 1006]).toContain(await slow.closed);
  expect(slow.frames.filter((frame) => frame.startsWith('42["room"')).length).toBeLessThan(messages);
});

test('unsent bytes that stay for ten seconds close their socket, a pause in between does not', () => {
  vi.useFakeTimers();
  const watch = createBacklogWatch();
  const closed: string[] = [];
  let pausing = 1;
  watch.add({ backlogBytes: () => 1, closeSlow: () => void closed.push('stuck') });
  watch.add({ backlogBytes: () => pausing, closeSlow: () => void closed.push('pausing') });
  watch.add({ backlogBytes: () => 0, closeSlow: () => void closed.push('healthy') });
  vi.advanceTimersByTime(limits.backlogMs / 2);
  pausing = 0;
  vi.advanceTimersByTime(1_000);
  pausing = 1;
  vi.advanceTimersByTime(limits.backlogMs / 2);
  expect(closed).toEqual(['stuck']);
  watch.stop();
});
