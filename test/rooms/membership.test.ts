import { afterEach, expect, test } from 'vitest';
import {
  limits,
  type Connection,
  type Db,
  type Execute,
  type RoomKind,
  type UserId,
} from '../../src/domain/kernel/index.ts';
import type { Visitor } from '../../src/domain/sync/ports.ts';
import { testConnection } from '../support/transport.ts';
import { eventually, hall, message, modes, outbound, redisUrl, startNode, stopNodes, type Node } from './nodes.ts';

afterEach(stopNodes);

// These rooms' rules read nothing, so the database is only ever forked.
const db = { fork: () => db } as unknown as Db;
const guest: Visitor = {
  db,
  actor: { kind: 'guest', ip: '203.0.113.7' },
  now: new Date(),
  port: () => {
    throw new Error('no ports here');
  },
};

const storeOf = (mode: string) => (mode === 'redis' ? { redisUrl } : {});

function join({ rooms }: Node, room: string, connection: Connection) {
  return rooms.membership.join({ connection, room, visitor: guest });
}

test.each(modes)('in %s, a first join shows the recent events, at most a bounded number of them', async (mode) => {
  const node = await startNode(storeOf(mode));
  const count = limits.roomJoinEvents + 5;
  node.rooms.deliver(outbound({ rooms: Array.from({ length: count }, (_, n) => message('hall:a', n + 1)) }));
  await eventually(() => node.transport.to('hall:a').flatMap(({ payload }) => payload.events).length, count);
  const joined = await join(node, 'hall:a', testConnection());
  const seqs = (joined as { events: readonly { seq: number }[] }).events.map(({ seq }) => seq);
  expect(seqs).toEqual(Array.from({ length: limits.roomJoinEvents }, (_, n) => n + 6));
});

test.each(modes)('in %s, a joiner gets the view, and a cursor that live events continue', async (mode) => {
  const node = await startNode(storeOf(mode));
  node.rooms.deliver(outbound({ rooms: [message('hall:a', 1), message('hall:a', 2)] }));
  await eventually(() => node.transport.to('hall:a').flatMap(({ payload }) => payload.events).length, 2);
  const connection = testConnection();
  const joined = await join(node, 'hall:a', connection);
  expect(joined).toMatchObject({ room: 'hall:a', head: 2, snapshot: { hall: 'a' }, recovered: true });
  expect([...connection.rooms]).toEqual(['hall:a']);
  node.rooms.deliver(outbound({ rooms: [message('hall:a', 3)] }));
  await eventually(() => node.transport.to('hall:a').flatMap(({ payload }) => payload.events).length, 3);
  const live = node.transport.to('hall:a').at(-1)?.payload;
  expect([live.epoch, live.events[0].seq]).toEqual([(joined as { epoch: string }).epoch, 3]);
});

test.each(modes)('in %s, a rejoiner with a cursor gets what was missed', async (mode) => {
  const node = await startNode(storeOf(mode));
  const { epoch } = (await join(node, 'hall:a', testConnection())) as { epoch: string };
  node.rooms.deliver(outbound({ rooms: [message('hall:a', 1), message('hall:a', 2)] }));
  await eventually(() => node.transport.to('hall:a').flatMap(({ payload }) => payload.events).length, 2);
  const request = { connection: testConnection(), room: 'hall:a', visitor: guest };
  const { membership } = node.rooms;
  expect(await membership.join({ ...request, after: { epoch, seq: 1 } })).toMatchObject({
    head: 2,
    recovered: true,
    events: [{ seq: 2, data: 2 }],
  });
  const elsewhere = await membership.join({ ...request, after: { epoch: 'other', seq: 1 } });
  expect(elsewhere).toMatchObject({ recovered: false, events: [] });
  expect(await membership.history({ room: 'hall:a', after: { epoch, seq: 0 }, visitor: guest })).toMatchObject({
    head: 2,
    recovered: true,
    events: [{ seq: 1 }, { seq: 2 }],
  });
});

test.each(modes)('in %s, what does not exist for the visitor is no room, and nor is an internal one', async (mode) => {
  const node = await startNode(storeOf(mode));
  for (const room of ['hall:closed', 'user:u1', 'presence:u1', 'session:s1', 'nothing', ':']) {
    const connection = testConnection();
    expect(await join(node, room, connection)).toBe('rooms.not_found');
    expect(await node.rooms.membership.history({ room, after: { epoch: '', seq: 0 }, visitor: guest })).toBeNull();
    expect(connection.rooms.size).toBe(0);
  }
  expect(await node.rooms.membership.leave({ connection: testConnection(), room: 'user:u1' })).toBe(false);
});

test.each(modes)('in %s, a socket joins no more rooms than the bound, not even all at once', async (mode) => {
  const node = await startNode(storeOf(mode));
  const connection = testConnection();
  await connection.join('presence:u1');
  const answers = await Promise.all(
    Array.from({ length: limits.roomsPerSocket + 5 }, (_, index) => join(node, `hall:${index}`, connection)),
  );
  expect(answers.filter((answer) => answer === 'rooms.too_many').length).toBeGreaterThanOrEqual(5);
  const halls = [...connection.rooms].filter((room) => room.startsWith('hall:'));
  expect(halls.length).toBeLessThanOrEqual(limits.roomsPerSocket);
  const [joined = ''] = halls;
  expect(await join(node, joined, connection)).toMatchObject({ room: joined });
});

test.each(modes)('in %s, someone banned while joining is not in the room', async (mode) => {
  let asked = 0;
  const kind: RoomKind = { ...hall, admits: async () => (asked += 1) === 1 };
  const node = await startNode({ ...storeOf(mode), roomKinds: new Map([['hall', kind]]) });
  const connection = testConnection();
  expect(await join(node, 'hall:a', connection)).toBe('rooms.not_found');
  expect(connection.rooms.size).toBe(0);
});

test.each(modes)("in %s, the kind's command follows each join, by the system, with who joined", async (mode) => {
  const calls: unknown[] = [];
  const execute: Execute = async (name, input, { actor }) => {
    calls.push({ name, input, by: actor.kind });
    return { ok: true, data: {} };
  };
  const joined = { name: 'halls.recordVisit' } as NonNullable<RoomKind['joined']>;
  const node = await startNode({ ...storeOf(mode), execute, roomKinds: new Map([['hall', { ...hall, joined }]]) });
  await join(node, 'hall:a', testConnection());
  const userId = '018f4e5c-0000-7000-8000-000000000001' as UserId;
  const actor = { kind: 'user', userId, sessionId: userId as never, roles: [], tokenExpiresAt: 0 } as const;
  await node.rooms.membership.join({ connection: testConnection(), room: 'hall:a', visitor: { ...guest, actor } });
  expect(calls).toEqual([
    { name: 'halls.recordVisit', input: { id: 'a', userId: null }, by: 'system' },
    { name: 'halls.recordVisit', input: { id: 'a', userId }, by: 'system' },
  ]);
});

test.each(modes)('in %s, watching replaces whom the socket watched, and says how they are', async (mode) => {
  const node = await startNode(storeOf(mode));
  node.transport.users.set('u1', 1);
  const connection = testConnection();
  await connection.join('hall:a');
  expect(await node.rooms.membership.watch(connection, ['u1', 'u2'])).toEqual([
    { userId: 'u1', online: true, lastSeenAt: null },
    { userId: 'u2', online: false, lastSeenAt: null },
  ]);
  await node.rooms.membership.watch(connection, ['u2', 'u3']);
  expect([...connection.rooms].toSorted()).toEqual(['hall:a', 'presence:u2', 'presence:u3']);
});
