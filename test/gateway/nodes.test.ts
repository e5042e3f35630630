import { afterAll, beforeAll, expect, test } from 'vitest';
import { startOwnRedis, type OwnRedis } from '../support/own-redis.ts';
import { newDatabaseTarget, type TestDatabase } from '../support/databases.ts';
import { registered } from '../support/http-client.ts';
import { startProcess, type SokoProcess } from '../support/process.ts';
import { engineKind } from '../support/server.ts';
import { startStopwatch } from '../support/stopwatch.ts';
import { connectTo, type TestSocket } from '../support/test-socket.ts';

/** Two nodes of one market share a PostgreSQL and a Redis. */
const between = test.skipIf(!process.env.DATABASE_URL || !process.env.REDIS_URL);

let redis: OwnRedis;
let database: TestDatabase;
let env: Record<string, string>;
let one: SokoProcess;
let two: SokoProcess;
const sockets: TestSocket[] = [];

const connect = (node: SokoProcess, auth: object) => {
  const client = connectTo(node.url, auth);
  sockets.push(client);
  return client;
};

beforeAll(async () => {
  [redis, database] = await Promise.all([startOwnRedis(), newDatabaseTarget()]);
  const { url } = database.target as { url: string };
  env = {
    DATABASE_URL: url,
    REDIS_URL: redis.url,
    GATEWAY_ENGINE: engineKind,
    DRAIN_WINDOW: '200ms',
    ROLE: 'gateway',
  };
  one = await startProcess(env);
  two = await startProcess(env);
});
afterAll(async () => {
  for (const { socket } of sockets) socket.close();
  await Promise.all([one.end('SIGKILL'), two.end('SIGKILL')]);
  await redis.remove();
  await database.drop();
});

between('a person’s events reach their sockets on every node', async () => {
  const asha = await registered(one.url, 'Asha');
  const clients = [one, two].map((node) => connect(node, { token: asha.token }));
  await Promise.all(clients.map(({ ready }) => ready));
  await Promise.all(clients.map((client) => client.ok('users.me')));
  for (let count = 1; count <= 20; count += 1) await asha.call('users.update', { bio: `${count}` });
  for (const client of clients) {
    await expect.poll(() => client.seqs().length, { timeout: 20_000 }).toBeGreaterThanOrEqual(20);
    expect(client.seqs()).toEqual([...client.seqs()].toSorted((a, b) => a - b));
  }
});

between('what another node pushed counts as pushed: nobody is told to look for it', async () => {
  const asha = await registered(one.url, 'Asha');
  const client = connect(two, { token: asha.token });
  await client.ready;
  const until = Date.now() + 5_000;
  for (let seq = 1; Date.now() < until; seq += 1) {
    await asha.call('users.update', { bio: `pushed ${seq}` });
    await client.frame('inbox', ({ events }) => events.at(-1).seq === seq);
    // Within the rate of a person's commands.
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  expect(client.frames.filter(({ event, payload }) => event === 'signal' && payload.type === 'inbox.head')).toEqual([]);
});

between('a session revoked on one node is closed on the other', async () => {
  const asha = await registered(one.url, 'Asha');
  const client = connect(two, { token: asha.token });
  const { sessionId } = await client.ready;
  await asha.call('sessions.revoke', { sessionId });
  expect((await client.closed).code).toBe(4002);
  expect(client.frames.at(-1)).toEqual({ event: 'session', payload: { type: 'revoked', reason: 'revoked' } });
});

between('without Redis a lost event is found within five seconds, and pushes work again once it is back', async () => {
  const asha = await registered(one.url, 'Asha');
  const client = connect(two, { token: asha.token });
  const { inbox } = await client.ready;
  await redis.kill();
  const lostForMs = startStopwatch();
  const head = inbox.head + 1;
  await asha.call('users.update', { bio: 'lost' });
  await client.frame('signal', ({ type, data }) => type === 'inbox.head' && data.seq === head);
  expect(lostForMs()).toBeLessThan(5_500);
  const { events } = await client.ok('sync.pull', { epoch: inbox.epoch, after: inbox.head });
  expect(events.map(({ seq }: { seq: number }) => seq)).toEqual([head]);
  await redis.start();
  const before = client.seqs().length;
  const isPushed = async () => {
    await asha.call('users.update', { bio: 'again' });
    return client.seqs().length > before;
  };
  await expect.poll(isPushed, { interval: 500, timeout: 20_000 }).toBe(true);
});

between('a client whose node is killed resumes on the other without losing an event', async () => {
  const asha = await registered(one.url, 'Asha');
  const before = connect(two, { token: asha.token });
  const { inbox } = await before.ready;
  await asha.call('users.update', { bio: 'seen' });
  await before.frame('inbox');
  await two.end('SIGKILL');
  await before.closed;
  for (let count = 0; count < 5; count += 1) await asha.call('users.update', { bio: `missed ${count}` });
  const after = connect(one, { token: asha.token, inbox: { epoch: inbox.epoch, seq: inbox.head + 1 } });
  expect((await after.ready).inbox).toMatchObject({ recovered: true, head: inbox.head + 6 });
  await expect.poll(() => after.seqs(), { timeout: 20_000 }).toEqual([2, 3, 4, 5, 6].map((seq) => inbox.head + seq));
  two = await startProcess(env);
});

between('a stopped node sends its sockets away with 4005 and ends', async () => {
  const client = connect(two, {});
  await client.ready;
  expect(await two.end('SIGTERM')).toBe(0);
  expect((await client.closed).code).toBe(4005);
  two = await startProcess(env);
});
