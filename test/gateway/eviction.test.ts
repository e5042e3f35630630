import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../support/server.ts';
import { hall, say } from './hall.ts';
import { rawConnect } from './raw-socket.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ roomKinds: [hall] });
});
afterAll(() => server.close());

/** Talks in a room without pause until stopped. */
function talk(room: string): { stop(): void } {
  let count = 0;
  const timer = setInterval(() => say(server, room, { count: (count += 1) }), 1);
  return { stop: () => clearInterval(timer) };
}

test('after a revocation not one more frame crosses the wire', async () => {
  const user = await server.harness.user();
  const [victim, witness] = [await rawConnect(server.url, { token: user.token }), server.connect(null)];
  victim.send('421["rooms.join",{"room":"hall:a"}]');
  await victim.frame('431[{"ok":true');
  await witness.ok('rooms.join', { room: 'hall:a' });
  const talking = talk('hall:a');
  await victim.frame('42["room"');
  await server.harness.ok(user, 'sessions.revoke', { sessionId: user.actor.sessionId });
  const heard = witness.frames.length;
  expect(await victim.closed).toBe(4002);
  await expect.poll(() => witness.frames.length, { timeout: 20_000 }).toBeGreaterThan(heard + 5);
  talking.stop();
  expect(victim.frames.slice(-2)).toEqual(['42["session",{"type":"revoked","reason":"revoked"}]', '41']);
  expect(server.gateway.transport.localUsers().has(user.id)).toBe(false);
});

test('the command that ends its own session is answered before the socket is closed', async () => {
  const user = await server.harness.user();
  const client = server.connect(user);
  await client.ok('sessions.logout');
  expect((await client.closed).code).toBe(4002);
  expect(await client.frame('session')).toMatchObject({ type: 'revoked' });
});

test('an eviction of a person spares the excepted session and everyone else', async () => {
  const [asha, juma] = [await server.harness.user(), await server.harness.user()];
  const [spared, other] = [server.connect(asha), server.connect(juma)];
  const second = await server.harness.ok(null, 'accounts.register', {
    username: `user_${Date.now()}`,
    password: 'correct horse',
    fullName: 'Two Devices',
  });
  const login = server.connect(null, { token: second.tokens.accessToken });
  await Promise.all([spared.ready, other.ready, login.ready]);
  server.evict({ userId: asha.id, reason: 'password changed', exceptSessionId: asha.actor.sessionId });
  server.evict({ userId: second.user.id, reason: 'suspended' });
  expect(await login.closed).toMatchObject({ code: 4002, reason: 'io server disconnect' });
  expect(login.frames.at(-1)).toEqual({ event: 'session', payload: { type: 'revoked', reason: 'suspended' } });
  await spared.ok('users.me');
  await other.ok('users.me');
});

test('after leaving or being put out of a room not one more of its frames arrives', async () => {
  const [asha, juma] = [await server.harness.user(), await server.harness.user()];
  const [put, left, stays] = [server.connect(asha), server.connect(juma), server.connect(null)];
  for (const client of [put, left, stays]) await client.ok('rooms.join', { room: 'hall:b' });
  const talking = talk('hall:b');
  await Promise.all([put, left].map((client) => client.frame('room')));
  server.evict({ userId: asha.id, room: 'hall:b' });
  await left.ok('rooms.leave', { room: 'hall:b' });
  await put.ok('users.me');
  const counts = [put, left, stays].map(({ frames }) => frames.length);
  await expect.poll(() => stays.frames.length, { timeout: 20_000 }).toBeGreaterThan((counts[2] ?? 0) + 5);
  await Promise.all([put.ok('users.me'), left.ok('users.me')]);
  talking.stop();
  expect([put, left].map(({ frames }) => frames.filter(({ event }) => event === 'room').length)).toEqual(
    [put, left].map(
      ({ frames }, index) => frames.slice(0, counts[index]).filter(({ event }) => event === 'room').length,
    ),
  );
  expect(server.gateway.transport.roomSizes().get('hall:b')).toBe(1);
});

test('a socket that leaves the namespace is closed whole', async () => {
  const client = await rawConnect(server.url, {});
  client.send('41');
  await client.closed;
});

test('counts of rooms and people follow the sockets', async () => {
  const user = await server.harness.user();
  const clients = [server.connect(user), server.connect(user)];
  for (const client of clients) {
    await client.ok('rooms.join', { room: 'hall:c' });
    await client.ok('rooms.join', { room: 'hall:c' });
  }
  const { transport } = server.gateway;
  expect([transport.roomSizes().get('hall:c'), transport.localUsers().get(user.id)]).toEqual([2, 2]);
  for (const { socket } of clients) socket.close();
  await expect
    .poll(() => [transport.roomSizes().has('hall:c'), transport.localUsers().has(user.id)], { timeout: 20_000 })
    .toEqual([false, false]);
});
