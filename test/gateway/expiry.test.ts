import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestUser } from '../support/harness.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

/** A token signed now; the clock may have moved since the person was made. */
function freshToken({ actor: { userId, sessionId } }: TestUser): string {
  return server.harness.tokens.signAccess({ userId, sessionId });
}

test('a socket is told that its token expires, lives on with a fresh one, and closes with 4001 without', async () => {
  const { clock, tokens } = server.harness;
  const user = await server.harness.user();
  const client = server.connect(user);
  const { expiresAt } = await client.ready;
  clock.offsetMs += tokens.accessTtlMs - 30_000;
  expect(await client.frame('session')).toEqual({ type: 'expiring', at: expiresAt });
  const extended = await client.ok('sessions.extend', { token: freshToken(user) });
  expect(Date.parse(extended.expiresAt)).toBeGreaterThan(Date.parse(expiresAt));
  clock.offsetMs += 60_000;
  await expect(
    Promise.race([client.closed, client.frame('session', ({ at }) => at !== expiresAt), wait(2_000)]),
  ).resolves.toBe('nothing');
  await client.ok('users.me');
  clock.offsetMs += tokens.accessTtlMs;
  expect((await client.closed).code).toBe(4001);
  expect(client.frames.at(-1)).toEqual({ event: 'reconnect', payload: { afterMs: 0, reason: 'token expired' } });
});

test('only a token of the same person and session extends a socket', async () => {
  const [asha, juma] = [await server.harness.user(), await server.harness.user()];
  const client = server.connect(asha, { token: freshToken(asha) });
  await client.ready;
  expect(await client.fails('sessions.extend', { token: freshToken(juma) })).toBe('sessions.token_mismatch');
  expect(await client.fails('sessions.extend', { token: 'nonsense' })).toBe('auth.invalid');
  expect(await client.fails('sessions.extend', {})).toBe('input.invalid');
});

test('a guest has nothing that expires', async () => {
  const client = server.connect(null);
  await client.ready;
  server.harness.clock.offsetMs += 86_400_000;
  await expect(Promise.race([client.closed, wait(1_500)])).resolves.toBe('nothing');
});

function wait(ms: number): Promise<string> {
  return new Promise((resolve) => setTimeout(resolve, ms, 'nothing'));
}
