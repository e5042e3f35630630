import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestUser } from '../support/harness.ts';
import { createListing } from '../support/listings.ts';
import { haveRun, startStopwatch } from '../support/stopwatch.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { liveStream } from '../streams/live-stream.ts';
import { rawConnect } from './raw-socket.ts';

/** While false, no word of what was committed gets through, as with Redis away. */
let isPushed = true;
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ isPushed: () => isPushed });
});
afterAll(() => server.close());

/** Runs a command whose pushes and evictions are all lost. */
async function unheard(user: TestUser, name: string, input: object): Promise<void> {
  isPushed = false;
  await server.harness.ok(user, name, input);
  isPushed = true;
}

const execute = (statement: string, values: unknown[]) =>
  server.harness.database.fork().getConnection().execute(statement, values);

/** After this every node has looked at the evictions of the database. */
const foundMs = 5_000;

test('a session revoked unheard is closed within five seconds, its farewell being the last frame', async () => {
  const user = await server.harness.user();
  const victim = await rawConnect(server.url, { token: user.token });
  await unheard(user, 'sessions.revoke', { sessionId: user.actor.sessionId });
  const openForMs = startStopwatch();
  expect(await victim.closed).toBe(4002);
  expect(openForMs()).toBeLessThan(foundMs);
  expect(victim.frames.slice(-2)).toEqual(['42["session",{"type":"revoked","reason":"revoked"}]', '41']);
});

test('a viewer banned unheard is put out within five seconds; one who was let back in stays', async () => {
  const { host, streamId } = await liveStream(server.harness);
  const room = `stream:${streamId}`;
  const [banned, forgiven] = [await server.harness.user(), await server.harness.user()];
  const [out, stays] = [server.connect(banned), server.connect(forgiven)];
  for (const client of [out, stays]) await client.ok('rooms.join', { room });
  for (const { id: userId } of [banned, forgiven]) await unheard(host, 'streams.ban', { streamId, userId });
  const insideForMs = startStopwatch();
  await unheard(host, 'streams.ban', { streamId, userId: forgiven.id, banned: false });
  await expect.poll(() => server.gateway.transport.roomSizes().get(room)).toBe(1);
  expect(insideForMs()).toBeLessThan(foundMs);
  const heard = out.frames.length;
  await server.harness.ok(host, 'streams.say', { streamId, text: 'Only for those who are here' });
  await stays.frame('room', ({ events }) => events.at(-1).type === 'stream.said');
  await out.ok('users.me');
  expect(out.frames.slice(heard).filter(({ event }) => event === 'room')).toEqual([]);
});

test('a block unheard ends the watching of one another’s presence within five seconds', async () => {
  const [asha, juma] = [await server.harness.user(), await server.harness.user()];
  const { id: listingId } = await createListing(server.harness, asha);
  await server.harness.ok(juma, 'conversations.open', { listingId });
  const watching = server.connect(juma);
  await watching.ok('presence.watch', { userIds: [asha.id] });
  await unheard(asha, 'blocks.add', { userId: juma.id });
  await haveRun(foundMs / 2);
  await server.connect(asha).ok('users.me');
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(watching.frames.filter(({ payload }) => payload?.type === 'presence')).toEqual([]);
});

test('an eviction found late spares whoever signed in since', async () => {
  const user = await server.harness.user();
  isPushed = false;
  await execute('insert into eviction (at, user_id) values (now(), ?)', [user.id]);
  const since = server.connect(user);
  await since.ready;
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  isPushed = true;
  await since.ok('users.me');
});

test('a role taken away or given counts on open sockets after a recheck', async () => {
  const user = await server.harness.user({ roles: ['admin'] });
  const client = server.connect(user);
  let brands = 0;
  const attempt = () => {
    brands += 1;
    return client.call('brands.create', { name: `Brand ${brands}`, slug: `brand_${brands}` });
  };
  expect(await attempt()).toMatchObject({ ok: true });
  await execute(`update account set roles = '{}' where id = ?`, [user.id]);
  server.evict({ userId: user.id, recheck: true });
  const allowedForMs = startStopwatch();
  await expect.poll(attempt, { interval: 100 }).toMatchObject({ error: { code: 'auth.forbidden' } });
  expect(allowedForMs()).toBeLessThan(1_000);
  await execute(`update account set roles = '{admin}' where id = ?`, [user.id]);
  await execute('insert into eviction (at, user_id) values (now(), ?)', [user.id]);
  const refusedForMs = startStopwatch();
  await expect.poll(attempt, { interval: 200 }).toMatchObject({ ok: true });
  expect(refusedForMs()).toBeLessThan(foundMs);
});

test('a suspended person is cut everywhere', async () => {
  const user = await server.harness.user();
  const client = server.connect(user);
  await client.ready;
  await execute('update account set suspended_at = now() where id = ?', [user.id]);
  await execute('insert into eviction (at, user_id) values (now(), ?)', [user.id]);
  expect((await client.closed).code).toBe(4002);
  expect(client.frames.at(-1)).toEqual({ event: 'session', payload: { type: 'revoked', reason: 'suspended' } });
});
