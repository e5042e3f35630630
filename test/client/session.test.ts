import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, type ClientEvents, type SokoError, type Tokens } from '../../client/src/index.ts';
import { authenticate } from '../../src/domain/identity/index.ts';
import { errors, operations } from '../../src/domain/registry.ts';
import { createHttp, type Http } from '../../src/http/index.ts';
import { signUp } from '../identity/mailbox.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { signInitData } from '../support/telegram.ts';
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
  clock.offsetMs += tokens.accessTtlMs + 7_000;
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
  await until(() => reasons.includes('expiring'));
  clock.offsetMs += 120_000;
  await client.call('users.me', {});
  expect(offline).toBe(0);
  client.close();
});

test('a token that runs out and that nobody can renew ends the client', async () => {
  const { tokens, clock } = server.harness;
  const { userId, sessionId } = (await server.harness.user()).actor;
  const client = await connect({ url: server.url, token: tokens.signAccess({ userId, sessionId }) });
  const closed = new Promise<SokoError>((resolve) => {
    client.on('closed', resolve);
  });
  clock.offsetMs += tokens.accessTtlMs + 60_000;
  expect((await closed).code).toBe('auth.expired');
});

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

/** Serves `/v1/auth` beside the sockets. */
async function startWithHttp(): Promise<TestServer> {
  const late: { http?: Http } = {};
  const started = await startTestServer({ fetch: async (request, info) => late.http!.fetch(request, info) });
  const { execute, tokens, database } = started.harness;
  late.http = createHttp({
    execute,
    operations,
    errors,
    authenticate: (token) => authenticate(database.fork(), tokens, token),
    settings: { publicUrl: started.url, corsOrigins: [], cookieSecure: false, ...tokens },
    keySet: tokens.keySet,
    ready: async () => ({ ready: true, checks: {} }),
    log: { error: () => {} },
  });
  return started;
}

test('a Mini App signs in by its initData once, and its tokens are renewed by themselves', async () => {
  const mini = await startWithHttp();
  const { clock, tokens: keys } = mini.harness;
  const kept: (Tokens | null)[] = [];
  const telegram = signInitData({ user: { first_name: 'Neema' } });
  const options = { url: mini.url, telegram, onTokens: (fresh: Tokens | null) => void kept.push(fresh) };
  const client = await connect(options);
  expect(kept).toHaveLength(1);
  expect(client.ready).not.toHaveProperty('tokens');
  const { id } = await client.call('users.me', {});
  let offline = 0;
  client.on('offline', () => (offline += 1));
  clock.offsetMs += keys.accessTtlMs - 30_000;
  await until(() => kept.length === 2);
  clock.offsetMs += 120_000;
  expect((await client.call('users.me', {})).id).toBe(id);
  expect(offline).toBe(0);
  client.close();
  // Long after, with what was kept: the access token is over, and the initData too.
  clock.offsetMs += 3_600_000;
  const again = await connect({ ...options, tokens: kept.at(-1) ?? null });
  expect((await again.call('users.me', {})).id).toBe(id);
  expect(kept.map((one) => one === null)).toEqual([false, false, false]);
  again.close();
  await expect(connect({ ...options, connectWithinMs: 5_000 })).rejects.toMatchObject({ code: 'auth.invalid' });
  await mini.close();
});

test('tokens of a session that is over are dropped, and the client ends instead of going on as a guest', async () => {
  const site = await startWithHttp();
  const { harness, url } = site;
  const ended = async (end: (person: Awaited<ReturnType<typeof signUp>>) => Promise<unknown>) => {
    const person = await signUp(harness);
    const kept: (Tokens | null)[] = [];
    const tokens = person.tokens as Tokens;
    const client = await connect({ url, tokens, onTokens: (fresh) => void kept.push(fresh) });
    let tries = 0;
    client.on('offline', () => (tries += 1));
    const closed = new Promise<SokoError>((resolve) => {
      client.on('closed', resolve);
    });
    await end(person);
    const { code } = await closed;
    expect(kept).toEqual([null]);
    await expect(client.call('users.me', {})).rejects.toMatchObject({ code });
    return { code, tries };
  };
  const admin = await harness.user({ roles: ['admin'] });
  const suspend = ({ id: userId }: { id: string }) =>
    harness.ok(admin, 'users.suspend', { userId, reason: 'Sold fakes.' });
  expect(await ended(suspend)).toEqual({ code: 'auth.suspended', tries: 1 });
  const revoke = ({ actor }: Awaited<ReturnType<typeof signUp>>) =>
    harness.ok(actor, 'sessions.revoke', { sessionId: actor.actor.sessionId });
  expect(await ended(revoke)).toEqual({ code: 'auth.revoked', tries: 1 });
  await site.close();
});

test('kept tokens that cannot be renewed are refused for good', async () => {
  const site = await startWithHttp();
  const { tokens, clock } = site.harness;
  const person = await signUp(site.harness);
  clock.offsetMs += tokens.accessTtlMs + 60_000;
  const kept: (Tokens | null)[] = [];
  const options = { url: site.url, onTokens: (fresh: Tokens | null) => void kept.push(fresh) };
  const stale = { ...(person.tokens as Tokens), refreshToken: 'not-one' };
  await expect(connect({ ...options, tokens: stale })).rejects.toMatchObject({ code: 'sessions.refresh_invalid' });
  expect(kept).toEqual([null]);
  // The initData of a Mini App opens another session.
  const telegram = signInitData({ user: { first_name: 'Neema' } });
  const client = await connect({ ...options, telegram, tokens: stale });
  expect(client.ready.user).not.toBeNull();
  expect(kept).toEqual([null, null, expect.objectContaining({ accessToken: expect.any(String) })]);
  client.close();
  await site.close();
});
