import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestUser } from '../support/harness.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import type { TestSocket } from '../support/test-socket.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

async function update(user: TestUser, times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) await server.harness.ok(user, 'users.update', { bio: `version ${time}` });
}

async function epochOf(user: TestUser): Promise<string> {
  const probe = server.connect(user);
  const { inbox } = await probe.ready;
  probe.socket.close();
  return inbox.epoch;
}

/** What a client has that follows the rule: drop the old, apply the next, hold the rest until the gap is filled. */
function applied(client: TestSocket, from: number): number[] {
  const held = new Set(client.seqs());
  const done: number[] = [];
  for (let next = from + 1; held.has(next); next += 1) done.push(next);
  return done;
}

test('a client that comes back gets exactly what it missed while events go on', async () => {
  const user = await server.harness.user();
  const epoch = await epochOf(user);
  await update(user, 30);
  for (let round = 0; round < 5; round += 1) {
    const writing = update(user, 30);
    const client = server.connect(user, { inbox: { epoch, seq: 10 } });
    const { inbox } = await client.ready;
    expect(inbox).toMatchObject({ epoch, recovered: true, snapshotRequired: false });
    await writing;
    const head = 30 * (round + 2);
    await expect.poll(() => applied(client, 10).length, { timeout: 20_000 }).toBe(head - 10);
    expect(applied(client, 10)).toEqual(range(11, head));
    expect(client.frames[0]?.event).toBe('ready');
    expect(client.seqs().slice(0, inbox.head - 10)).toEqual(range(11, inbox.head));
    client.socket.close();
  }
});

test('a long absence is caught up in frames of bounded size, in order', async () => {
  const user = await server.harness.user();
  const epoch = await epochOf(user);
  const db = server.harness.database.fork().getConnection();
  await db.execute('insert into inbox_head (user_id, seq) values (?, 1700)', [user.id]);
  await db.execute(
    `insert into inbox_event (user_id, seq, type, at, data)
    select ?, n, 'user.changed', now(), jsonb_build_object('id', n, 'text', repeat('x', 1000))
    from generate_series(1, 1700) n`,
    [user.id],
  );
  const client = server.connect(user, { inbox: { epoch, seq: 3 } });
  await expect.poll(() => client.seqs().length, { timeout: 20_000 }).toBe(1697);
  expect(client.seqs()).toEqual(range(4, 1700));
  const sizes = client.frames.filter(({ event }) => event === 'inbox').map(({ payload }) => payload.events.length);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(500);
});

test('a cursor of another epoch, from the future or from too long ago asks for a snapshot', async () => {
  const user = await server.harness.user();
  const epoch = await epochOf(user);
  await update(user, 5);
  await server.harness.database
    .fork()
    .getConnection()
    .execute('delete from inbox_event where user_id = ? and seq <= 3', [user.id]);
  for (const cursor of [
    { epoch: 'elsewhere', seq: 2 },
    { epoch, seq: 9 },
    { epoch, seq: 1 },
  ]) {
    const client = server.connect(user, { inbox: cursor });
    expect((await client.ready).inbox).toEqual({ epoch, head: 5, recovered: false, snapshotRequired: true });
    await client.ok('users.me');
    expect(client.seqs()).toEqual([]);
    client.socket.close();
  }
  const kept = server.connect(user, { inbox: { epoch, seq: 3 } });
  expect((await kept.ready).inbox).toMatchObject({ recovered: true });
  await expect.poll(() => kept.seqs(), { timeout: 20_000 }).toEqual([4, 5]);
});

test('a client without a cursor is sent what happens from its head on', async () => {
  const user = await server.harness.user();
  await update(user, 4);
  const clients = [server.connect(user), server.connect(user)];
  for (const client of clients) {
    expect((await client.ready).inbox).toMatchObject({ head: 4, recovered: false, snapshotRequired: false });
    await client.ok('users.me');
  }
  await update(user, 3);
  for (const client of clients) await expect.poll(() => applied(client, 4), { timeout: 20_000 }).toEqual([5, 6, 7]);
});
