import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, type ClientEvents, type SokoError } from '../../client/src/index.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { until } from './until.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

test('a token that nobody can renew is refused for good', async () => {
  await expect(connect({ url: server.url, token: 'forged' })).rejects.toMatchObject({ code: 'auth.invalid' });
});

test('an expired token is renewed and the connection made', async () => {
  const asha = await server.harness.user();
  const { tokens, clock } = server.harness;
  const { userId, sessionId } = asha.actor;
  clock.offsetMs += tokens.accessTtlMs + 1_000;
  const reasons: string[] = [];
  const client = await connect({
    url: server.url,
    getToken(reason) {
      reasons.push(reason);
      return reason === 'connect' ? asha.token : tokens.signAccess({ userId, sessionId });
    },
  });
  expect(reasons).toEqual(['connect', 'expired']);
  expect((await client.call('users.me', {})).id).toBe(asha.id);
  client.close();
});

test('a token that expires on an open socket is replaced without a reconnect', async () => {
  const asha = await server.harness.user();
  const { tokens, clock } = server.harness;
  const { userId, sessionId } = asha.actor;
  const reasons: string[] = [];
  const client = await connect({
    url: server.url,
    getToken(reason) {
      reasons.push(reason);
      return tokens.signAccess({ userId, sessionId });
    },
  });
  let offline = 0;
  client.on('offline', () => (offline += 1));
  clock.offsetMs += tokens.accessTtlMs - 30_000;
  await until(() => reasons.includes('expiring'), 10_000);
  clock.offsetMs += 120_000;
  await client.call('users.me', {});
  expect(offline).toBe(0);
  client.close();
}, 20_000);

test('a token that runs out and that nobody can renew ends the client', async () => {
  const { tokens, clock } = server.harness;
  const { userId, sessionId } = (await server.harness.user()).actor;
  const client = await connect({ url: server.url, token: tokens.signAccess({ userId, sessionId }) });
  const closed = new Promise<SokoError>((resolve) => {
    client.on('closed', resolve);
  });
  clock.offsetMs += tokens.accessTtlMs + 60_000;
  expect((await closed).code).toBe('auth.expired');
}, 20_000);

test('a server that drains is left for as long as it says', async () => {
  const draining = await startTestServer();
  const client = await connect({ url: draining.url });
  const offline = new Promise<ClientEvents['offline']>((resolve) => {
    client.on('offline', resolve);
  });
  await draining.gateway.drain(400);
  const { error, retryInMs } = await offline;
  expect(error.code).toBe('client.offline');
  expect(retryInMs).toBeGreaterThanOrEqual(100);
  client.close();
  await draining.close();
});

test('a revoked session ends the client: it does not come back', async () => {
  const asha = await server.harness.user();
  const client = await connect({ url: server.url, token: asha.token });
  const closed = new Promise<SokoError>((resolve) => {
    client.on('closed', resolve);
  });
  await server.harness.ok(asha, 'sessions.revoke', { sessionId: asha.actor.sessionId });
  expect((await closed).code).toBe('auth.revoked');
  await expect(client.call('users.me', {})).rejects.toMatchObject({ code: 'auth.revoked' });
});

test('a server that cannot be reached is given up in time', async () => {
  const refused = connect({ url: 'http://127.0.0.1:1', connectWithinMs: 700 });
  await expect(refused).rejects.toMatchObject({ code: 'client.offline' });
});
