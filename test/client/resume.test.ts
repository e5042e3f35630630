import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, EntityStore, type Cursor, type InboxEvent } from '../../client/src/index.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { until } from './until.ts';

let server: TestServer;
let pushed = true;
beforeAll(async () => {
  server = await startTestServer({ isPushed: () => pushed });
});
afterAll(() => server.close());

const bios = (events: readonly InboxEvent[]) => events.map(({ data }) => (data as unknown as { bio: string }).bio);

test('a client whose connection is cut again and again misses nothing and applies nothing twice', async () => {
  const asha = await server.harness.user();
  const seen: InboxEvent[] = [];
  const client = await connect({ url: server.url, token: asha.token, onEvent: (event) => seen.push(event) });
  const wanted: string[] = [];
  for (let round = 0; round < 12; round += 1) {
    if (round % 3 === 0) client.drop();
    wanted.push(`bio ${round}`);
    await server.harness.ok(asha, 'users.update', { bio: `bio ${round}` });
  }
  await until(() => seen.length >= wanted.length);
  expect(bios(seen)).toEqual(wanted);
  expect(seen.map(({ seq }) => seq)).toEqual(wanted.map((_, index) => index + 1));
  client.close();
});

test('a new client goes on from a kept cursor', async () => {
  const asha = await server.harness.user();
  let kept: Cursor | null = null;
  const first = await connect({ url: server.url, token: asha.token, onCursor: (cursor) => (kept = cursor) });
  await first.call('users.update', { bio: 'before' });
  await until(() => kept?.seq === 1);
  first.drop();
  first.close();
  await server.harness.ok(asha, 'users.update', { bio: 'meanwhile' });
  const seen: InboxEvent[] = [];
  const second = await connect({
    url: server.url,
    token: asha.token,
    inbox: kept,
    onEvent: (event) => seen.push(event),
  });
  await second.call('users.update', { bio: 'after' });
  await until(() => seen.length >= 2);
  expect(bios(seen)).toEqual(['meanwhile', 'after']);
  second.close();
});

test('a store holds the state when connect resolves, and follows events', async () => {
  const asha = await server.harness.user({ fullName: 'Asha' });
  const store = new EntityStore();
  const client = await connect({ url: server.url, token: asha.token, store });
  expect(store.get('user', asha.id)).toMatchObject({ fullName: 'Asha', bio: null });
  await client.call('users.update', { bio: 'Shoes' });
  await until(() => store.get('user', asha.id)?.version === 2);
  expect(store.get('user', asha.id)).toMatchObject({ bio: 'Shoes' });
  client.close();
});

test('an event whose push was lost arrives through the head signal', async () => {
  const asha = await server.harness.user();
  const seen: InboxEvent[] = [];
  const client = await connect({ url: server.url, token: asha.token, onEvent: (event) => seen.push(event) });
  pushed = false;
  await client.call('users.update', { bio: 'unheard' });
  pushed = true;
  await until(() => seen.length === 1);
  expect(bios(seen)).toEqual(['unheard']);
  client.close();
});

test('a cursor of another epoch asks for the state anew', async () => {
  const asha = await server.harness.user();
  const snapshots: Cursor[] = [];
  const client = await connect({
    url: server.url,
    token: asha.token,
    inbox: { epoch: 'before-restore', seq: 9 },
    onSnapshot: ({ cursor }) => snapshots.push(cursor),
  });
  expect(snapshots).toEqual([client.cursor]);
  expect(client.cursor).toEqual({ epoch: client.ready.inbox?.epoch, seq: 0 });
  client.close();
});
