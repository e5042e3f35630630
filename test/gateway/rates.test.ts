import { afterAll, beforeAll, expect, test } from 'vitest';
import { limits } from '../../src/domain/kernel/index.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { connectTo, type RefusedError } from '../support/test-socket.ts';

let server: TestServer;
const refusals: { code: string; ip: string }[] = [];
beforeAll(async () => {
  server = await startTestServer({
    trustedProxies: ['127.0.0.1'],
    onRefused: (refused) => void refusals.push(refused),
  });
  server.harness.limiter.take = (key, perMinute) => server.rooms.limiter.take(key, perMinute);
});
afterAll(() => server.close());

test('too many calls of one command are refused with the time to wait, and other commands go on', async () => {
  const client = server.connect(await server.harness.user());
  await client.ready;
  let refused;
  for (let calls = 0; calls <= 30 && !refused; calls += 1) {
    const reply = await client.call('users.update', { bio: `${calls}` });
    if (!reply.ok) refused = reply.error;
  }
  expect(refused).toMatchObject({ code: 'limit.rate', retry: 'later', retryAfterMs: expect.any(Number) });
  expect(refused?.retryAfterMs).toBeGreaterThan(0);
  await client.ok('users.me');
});

test('one address may not open sockets without end, and those who watch are told of it', async () => {
  for (let taken = 0; taken < limits.connectsPerMinute; taken += 1) {
    await server.rooms.limiter.take('connect:203.0.113.9', limits.connectsPerMinute);
  }
  const from = (ip: string) => connectTo(server.url, {}, { 'x-forwarded-for': `198.51.100.1, ${ip}` });
  const [flooding, other] = [from('203.0.113.9'), from('203.0.113.10')];
  const refusal = await flooding.ready.then(
    () => 'let in',
    (error: RefusedError) => error.data,
  );
  expect(refusal).toMatchObject({ code: 'limit.rate', retry: 'later', retryAfterMs: expect.any(Number) });
  await other.ready;
  expect(refusals).toEqual([{ code: 'limit.rate', ip: '203.0.113.9' }]);
  for (const { socket } of [flooding, other]) socket.close();
});
