import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, SokoError, type SokoClient } from '../../client/src/index.ts';
import type { TestUser } from '../support/harness.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { until } from './until.ts';

let server: TestServer;
let asha: TestUser;
let client: SokoClient;
beforeAll(async () => {
  server = await startTestServer();
  asha = await server.harness.user({ fullName: 'Asha' });
  client = await connect({ url: server.url, token: asha.token });
});
afterAll(async () => {
  client.close();
  await server.close();
});

const schedules = async () =>
  (await client.call('streams.list', { which: 'scheduled', hostId: asha.id, limit: 100 })).items;

test('a call answers with the data, typed by the operation', async () => {
  const user = await client.call('users.me', {});
  expect(user.fullName).toBe('Asha');
  expect(client.ready.user?.id).toBe(asha.id);
});

test('a refused call rejects with the code, what is wrong with the input, and the request', async () => {
  const refused = await client.call('users.update', { bio: 'x'.repeat(2_000) }).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(SokoError);
  expect(refused).toMatchObject({
    code: 'input.invalid',
    retry: 'never',
    issues: [{ path: 'bio' }],
    requestId: expect.any(String),
  });
});

test('a command without an answer in time is repeated under one key and done once', async () => {
  const { limiter } = server.harness;
  const { take } = limiter;
  const title = 'Done once';
  const heldUpMs = 900;
  let calls = 0;
  // The first tries are held up for longer than the client waits, and are done all the same.
  limiter.take = async (key) => {
    if (key.endsWith(':streams.schedule') && (calls += 1) <= 3) await new Promise((done) => setTimeout(done, heldUpMs));
    return null;
  };
  const stream = await client.call('streams.schedule', { title }, { timeoutMs: heldUpMs / 3, attempts: 20 });
  limiter.take = take;
  expect(calls).toBeGreaterThan(1);
  await new Promise((done) => setTimeout(done, heldUpMs));
  expect((await schedules()).filter((item) => item.title === title).map(({ id }) => id)).toEqual([stream.id]);
});

test('a command whose connection is cut before the answer is repeated after it and done once', async () => {
  for (const title of ['Cut 1', 'Cut 2', 'Cut 3']) {
    const answer = client.call('streams.schedule', { title });
    client.drop();
    expect((await answer).title).toBe(title);
  }
  expect((await schedules()).filter((item) => item.title.startsWith('Cut'))).toHaveLength(3);
});

test('calls made while there is no connection wait for it', async () => {
  client.drop(300);
  await until(() => !client.online);
  const titles = ['First', 'Second', 'Third'];
  await Promise.all(titles.map((title) => client.call('streams.schedule', { title })));
  const made = (await schedules()).map((item) => item.title);
  expect(made.filter((title) => titles.includes(title))).toHaveLength(3);
});

test('a call that must not wait fails at once, and a queue that is full takes no more', async () => {
  client.drop(400);
  await expect(client.call('users.me', {}, { waitMs: 0 })).rejects.toMatchObject({ code: 'client.offline' });
  const waiting = Array.from({ length: 200 }, () => client.call('users.me', {}));
  await expect(client.call('users.me', {})).rejects.toMatchObject({ code: 'client.queue_full' });
  await Promise.allSettled(waiting);
});

test('a guest has no key of their own: what they change is not sent twice', async () => {
  const guest = await connect({ url: server.url });
  const input = { username: `g${crypto.randomUUID().slice(0, 8)}`, password: 'correct horse', fullName: 'Guest' };
  const answer = guest.call('accounts.register', input, { timeoutMs: 1 });
  await expect(answer).rejects.toMatchObject({ code: 'client.timeout' });
  // The server finished it all the same, in its own time.
  const { username: identifier, password } = input;
  const signIn = () => guest.call('sessions.login', { identifier, password }).catch(() => null);
  while (!(await signIn())) await new Promise((resolve) => setTimeout(resolve, 50));
  guest.close();
});

test('a closed client refuses what waits and what comes', async () => {
  const other = await connect({ url: server.url, token: asha.token });
  other.drop(60_000);
  const waiting = other.call('users.me', {});
  other.close();
  await expect(waiting).rejects.toMatchObject({ code: 'client.closed' });
  await expect(other.call('users.me', {})).rejects.toMatchObject({ code: 'client.closed' });
});
