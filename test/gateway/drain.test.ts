import { afterEach, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../support/server.ts';
import type { RefusedError } from '../support/test-socket.ts';

let server: TestServer;
afterEach(() => server.close());

test('a drain lets running commands finish, says when to come back, and closes with 4005', async () => {
  server = await startTestServer();
  const user = await server.harness.user();
  const [working, idle] = [server.connect(user), server.connect(null)];
  await Promise.all([working.ready, idle.ready]);
  const registering = working.call('accounts.register', {
    username: 'last_minute',
    password: 'correct horse',
    fullName: 'Late',
  });
  await expect.poll(() => server.gateway.stats().commandsInFlight, { interval: 1, timeout: 20_000 }).toBe(1);
  const drained = server.gateway.drain(0);
  expect(await registering).toMatchObject({ ok: true });
  await drained;
  for (const client of [working, idle]) {
    expect((await client.closed).code).toBe(4005);
    expect(client.frames.at(-1)).toEqual({
      event: 'reconnect',
      payload: { afterMs: expect.any(Number), reason: 'draining' },
    });
  }
  expect(server.gateway.stats()).toMatchObject({ connections: 0, users: 0, rooms: 0, commandsInFlight: 0 });
});

test('a draining node takes no new sockets and spreads the leaving over the window', async () => {
  server = await startTestServer();
  const clients = Array.from({ length: 20 }, () => server.connect(null));
  await Promise.all(clients.map(({ ready }) => ready));
  const begun = performance.now();
  const left = Promise.all(
    clients.map(async ({ closed }) => {
      await closed;
      return performance.now() - begun;
    }),
  );
  const drained = server.gateway.drain(2_000);
  const refusal = await server.connect(null).ready.then(
    () => 'let in',
    (error: RefusedError) => error.data,
  );
  expect(refusal).toMatchObject({ code: 'server.draining', retry: 'later' });
  await drained;
  const times = (await left).toSorted((a, b) => a - b);
  expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan(500);
});
