import jwt from 'jsonwebtoken';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { limits } from '../../src/domain/kernel/index.ts';
import type { TestUser } from '../support/harness.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { connectTo, RefusedError } from '../support/test-socket.ts';

let server: TestServer;
let asha: TestUser;
beforeAll(async () => {
  server = await startTestServer({ settings: { corsOrigins: ['https://shop.example'] } });
  asha = await server.harness.user({ fullName: 'Asha' });
});
afterAll(() => server.close());

async function refusal(auth: object): Promise<any> {
  const socket = server.connect(null, auth);
  const error: unknown = await socket.ready.then(
    () => 'let in',
    (refused: unknown) => refused,
  );
  if (!(error instanceof RefusedError)) throw new Error(`expected a refusal, got ${String(error)}`);
  return error.data;
}

test('a token lets its person in, and ready is the first frame', async () => {
  const client = server.connect(asha);
  const ready = await client.ready;
  expect(client.frames[0]?.event).toBe('ready');
  expect(ready).toMatchObject({
    protocol: 1,
    user: { id: asha.id },
    sessionId: asha.actor.sessionId,
    inbox: { head: 0, recovered: false, snapshotRequired: false },
    limits: { frameBytes: limits.frameBytes },
  });
  expect(Date.parse(ready.expiresAt)).toBeGreaterThan(Date.parse(ready.serverNow));
});

test('the cookie lets its person in from our own and configured origins only', async () => {
  const cookie = `theme=dark; access_token=${asha.token}`;
  const from = (origin?: string) => connectTo(server.url, {}, { cookie, ...(origin ? { origin } : {}) });
  const clients = [from(), from(server.url), from('https://shop.example'), from('https://evil.example')];
  const users = await Promise.all(clients.map(async ({ ready }) => (await ready).user?.id ?? null));
  expect(users).toEqual([asha.id, asha.id, asha.id, null]);
  for (const { socket } of clients) socket.close();
});

test('without a token the socket is a guest with public access', async () => {
  const client = server.connect(null);
  expect(await client.ready).toMatchObject({ user: null, sessionId: null, expiresAt: null, inbox: null });
  expect(await client.fails('users.me')).toBe('auth.required');
});

test('a token that is not ours is refused', async () => {
  const forged = jwt.sign(
    { sub: asha.id, sid: asha.actor.sessionId, iss: 'soko' },
    'another secret of 32 characters!',
    { expiresIn: 60 },
  );
  const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${asha.token.split('.')[1]}.`;
  for (const token of [forged, unsigned, 'nonsense', `${asha.token}x`]) {
    expect(await refusal({ token })).toMatchObject({ code: 'auth.invalid', retry: 'never' });
  }
});

test('an expired token is refused as expired', async () => {
  const { clock, tokens } = server.harness;
  clock.offsetMs = -3_600_000;
  const token = tokens.signAccess({ userId: asha.actor.userId, sessionId: asha.actor.sessionId });
  clock.offsetMs = 0;
  expect(await refusal({ token })).toMatchObject({ code: 'auth.expired', retry: 'refetch' });
});

test('a token of a revoked session is refused as revoked', async () => {
  const juma = await server.harness.user();
  await server.harness.ok(juma, 'sessions.logout');
  expect(await refusal({ token: juma.token })).toMatchObject({ code: 'auth.revoked', retry: 'never' });
});

test('a handshake that does not fit its schema is refused', async () => {
  const bad = [
    { token: 7 },
    { token: 'x'.repeat(5_000) },
    { inbox: { epoch: 1, seq: -1 } },
    { inbox: 'all' },
    { telegram: 'query_id=1' },
  ];
  for (const auth of bad) expect(await refusal(auth)).toMatchObject({ code: 'auth.invalid' });
  const nulls = server.connect(null, { token: null, inbox: null, client: null });
  expect((await nulls.ready).user).toBe(null);
});

test('a person has at most so many sockets, even when all come at once', async () => {
  const zuri = await server.harness.user();
  const clients = Array.from({ length: limits.socketsPerUser + 5 }, () => server.connect(zuri));
  const outcomes = await Promise.all(
    clients.map(({ ready }) =>
      ready.then(
        () => 'in',
        (error: RefusedError) => error.data.code,
      ),
    ),
  );
  expect(outcomes.filter((outcome) => outcome === 'in')).toHaveLength(limits.socketsPerUser);
  expect(outcomes.filter((outcome) => outcome === 'limit.sockets')).toHaveLength(5);
  clients.find((_, index) => outcomes[index] === 'in')?.socket.close();
  await expect.poll(() => server.gateway.transport.localUsers().get(zuri.id)).toBe(limits.socketsPerUser - 1);
  await server.connect(zuri).ready;
});
