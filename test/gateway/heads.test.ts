import { afterAll, beforeAll, expect, test } from 'vitest';
import { startStopwatch } from '../support/stopwatch.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

let isPushed = true;
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ isPushed: () => isPushed });
});
afterAll(() => server.close());

test('a last event whose push was lost reaches the client within five seconds', async () => {
  const user = await server.harness.user();
  const client = server.connect(user);
  const {
    inbox: { epoch },
  } = await client.ready;
  await client.ok('users.update', { bio: 'pushed' });
  await client.frame('inbox');
  isPushed = false;
  const lostForMs = startStopwatch();
  await client.ok('users.update', { bio: 'lost' });
  isPushed = true;
  const signal = await client.frame('signal', ({ type }) => type === 'inbox.head');
  expect(lostForMs()).toBeLessThan(5_000);
  expect(signal).toEqual({ type: 'inbox.head', data: { epoch, seq: 2 } });
  const pulled = await client.ok('sync.pull', { epoch, after: 1 });
  expect(pulled.events.map((event: { seq: number }) => event.seq)).toEqual([2]);
  expect(server.gateway.stats().headSignals).toBe(1);
});

test('a socket opened later does not hide what an earlier one missed', async () => {
  const user = await server.harness.user();
  const early = server.connect(user);
  await early.ready;
  isPushed = false;
  await early.ok('users.update', { bio: 'lost' });
  isPushed = true;
  const late = server.connect(user);
  expect((await late.ready).inbox.head).toBe(1);
  await early.frame('signal', ({ type, data }) => type === 'inbox.head' && data.seq === 1);
});

test('what was pushed is not signalled again', async () => {
  const before = server.gateway.stats().headSignals;
  const user = await server.harness.user();
  const client = server.connect(user);
  await client.ready;
  const until = Date.now() + 5_000;
  for (let seq = 1; Date.now() < until; seq += 1) {
    await client.ok('users.update', { bio: `pushed ${seq}` });
    await client.frame('inbox', ({ events }) => events.at(-1).seq === seq);
  }
  expect(server.gateway.stats().headSignals).toBe(before);
});
