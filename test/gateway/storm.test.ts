import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, expect, test, vi } from 'vitest';
import { newId, type SessionId, type UserId } from '../../src/domain/kernel/index.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { rawOpen, type RawSocket } from './raw-socket.ts';

let server: TestServer | undefined;
afterEach(async () => {
  vi.restoreAllMocks();
  await server?.close();
  server = undefined;
});

const patience = { timeout: 30_000, interval: 100 };

interface Person {
  readonly id: UserId;
  readonly token: string;
  readonly head: number;
  /** The last event that the person's client applied. */
  readonly seq: number;
}

/** Signed-in people of whom each missed something else: nothing, a page, or several pages of events. */
async function crowd({ harness }: TestServer, size: number): Promise<{ people: Person[]; epoch: string }> {
  const people = Array.from({ length: size }, (_, index) => {
    const ids = { userId: newId<UserId>(), sessionId: newId<SessionId>() };
    const head = (index * 7) % 120;
    return { ...ids, id: ids.userId, token: harness.tokens.signAccess(ids), head, seq: Math.floor(head / 3) };
  });
  const db = harness.database.fork().getConnection();
  const input = `jsonb_to_recordset(?::text::jsonb) as p("userId" uuid, "sessionId" uuid, head int)`;
  const given = [JSON.stringify(people)];
  await db.execute(
    `insert into account (id, email, full_name, market_role, roles, version, created_at, updated_at)
    select p."userId", p."userId" || '@example.test', 'Somebody', 'both', '{}', 1, now(), now() from ${input}`,
    given,
  );
  await db.execute(
    `insert into session (id, user_id, ip, created_at, refreshed_at, expires_at)
    select p."sessionId", p."userId", '203.0.113.7', now(), now(), now() + interval '1 day' from ${input}`,
    given,
  );
  await db.execute(
    `insert into inbox_head (user_id, seq) select p."userId", p.head from ${input} where head > 0`,
    given,
  );
  await db.execute(
    `insert into inbox_event (user_id, seq, type, at, data)
    select p."userId", n, 'user.changed', now(), jsonb_build_object('id', n, 'text', repeat('x', 100))
    from ${input}, generate_series(1, p.head) n`,
    given,
  );
  const [row] = await db.execute<{ epoch: string }[]>('select epoch from inbox_epoch');
  return { people, epoch: row?.epoch ?? '' };
}

/** Opens so many connections, some at a time, so that all of them can ask to be let in at one moment. */
async function openMany(url: string, count: number): Promise<RawSocket[]> {
  const sockets: RawSocket[] = [];
  while (sockets.length < count) {
    const some = Math.min(50, count - sockets.length);
    sockets.push(...(await Promise.all(Array.from({ length: some }, () => rawOpen(url)))));
  }
  return sockets;
}

function ask(socket: RawSocket, auth: object): void {
  socket.send(`40${JSON.stringify(auth)}`);
}

async function rawAsk(url: string, auth: object): Promise<RawSocket> {
  const socket = await rawOpen(url);
  ask(socket, auth);
  return socket;
}

interface Refusal {
  readonly code: string;
  readonly retryAfterMs: number;
}

/** What the server answers to the wish to connect. */
async function answerOf(socket: RawSocket): Promise<'ready' | Refusal> {
  const answer = await Promise.race([socket.frame('42["ready"'), socket.frame('44')]);
  return answer.startsWith('44') ? (JSON.parse(answer.slice(2)) as { data: Refusal }).data : 'ready';
}

function seqsOf({ frames }: RawSocket): number[] {
  return frames
    .filter((frame) => frame.startsWith('42["inbox"'))
    .flatMap((frame) => (JSON.parse(frame.slice(2)) as [string, { events: { seq: number }[] }])[1].events)
    .map(({ seq }) => seq);
}

const range = (after: number, to: number) => Array.from({ length: to - after }, (_, index) => after + 1 + index);

/** The rule of the client: a number known already is dropped. */
const applied = (socket: RawSocket) => [...new Set(seqsOf(socket))].toSorted((one, other) => one - other);

test('a storm gets what it missed, each one exactly, with a statement for many', async () => {
  server = await startTestServer({ settings: { admissionRate: 5_000 } });
  const { url } = server;
  const { people, epoch } = await crowd(server, 400);
  const statements = vi.spyOn(pg.Client.prototype, 'query');
  const sockets = await openMany(url, people.length);
  for (const [index, { token, seq }] of people.entries()) {
    ask(sockets[index] as RawSocket, { token, inbox: { epoch, seq } });
  }
  const seen = () => sockets.filter((socket, index) => seqsOf(socket).length === missedBy(people[index])).length;
  const missedBy = (person?: Person) => (person ? person.head - person.seq : 0);
  await expect.poll(seen, { ...patience, interval: 500 }).toBe(people.length);
  expect(await Promise.all(sockets.map(answerOf))).toEqual(people.map(() => 'ready'));
  for (const [index, { seq, head }] of people.entries()) {
    expect(seqsOf(sockets[index] as RawSocket)).toEqual(range(seq, head));
  }
  const { readBatches } = server.gateway.stats();
  // The embedded database is not asked through a client whose statements could be counted.
  const sent = process.env.DATABASE_URL ? statements.mock.calls.length : readBatches;
  expect(sent).toBeGreaterThanOrEqual(readBatches);
  expect(readBatches).toBeGreaterThanOrEqual((3 * people.length) / 200);
  expect(sent).toBeLessThanOrEqual(people.length / 10);
});

test('one cursor that cannot be stored harms nobody who comes at the same time', async () => {
  server = await startTestServer();
  const { url } = server;
  const { people, epoch } = await crowd(server, 40);
  const epochs = ['\u0000', '\ud800', 'restored', epoch];
  const sockets = await Promise.all(
    people.map(({ token, seq }, index) => rawAsk(url, { token, inbox: { epoch: epochs[index % 4], seq } })),
  );
  for (const [index, socket] of sockets.entries()) {
    const [, ready] = JSON.parse((await socket.frame('42["ready"')).slice(2));
    expect(ready.inbox).toMatchObject({ epoch, snapshotRequired: index % 4 !== 3, recovered: index % 4 === 3 });
  }
});

test('a storm is let in at the rate; those turned away come at the told time and miss nothing', async () => {
  const admissionRate = 40;
  server = await startTestServer({ settings: { admissionRate } });
  const { url, gateway, harness } = server;
  const { people, epoch } = await crowd(server, 240);
  const refusals: Refusal[] = [];
  const opened = await openMany(url, people.length);
  const startedAt = performance.now();
  const bounds: [admitted: number, allowed: number][] = [];
  const watch = setInterval(() => {
    const allowed = admissionRate * (1 + (performance.now() - startedAt) / 1_000);
    bounds.push([gateway.stats().admitted, Math.ceil(allowed)]);
  }, 50);
  const arrive = async ({ token, seq }: Person, first: RawSocket): Promise<RawSocket> => {
    for (let socket = first; ; socket = await rawOpen(url)) {
      ask(socket, { token, inbox: { epoch, seq } });
      const answer = await answerOf(socket);
      if (answer === 'ready') return socket;
      refusals.push(answer);
      socket.ws.close();
      await delay(answer.retryAfterMs);
    }
  };
  const arriving = Promise.all(people.map((person, index) => arrive(person, opened[index] as RawSocket)));
  // Things go on meanwhile: half of them learn something new, before, while and after they come back.
  const lucky = new Set(people.filter((_, index) => index % 2 === 0).map(({ id }) => id));
  for (const { id, token } of people.filter((person) => lucky.has(person.id))) {
    const claims = harness.tokens.verifyAccess(token);
    if (typeof claims === 'string') throw new Error(claims);
    const actor = { kind: 'user', userId: id, sessionId: claims.sessionId, roles: [], tokenExpiresAt: 0 } as const;
    await harness.ok(actor, 'users.update', { bio: `during the storm, ${id}` });
  }
  const sockets = await arriving;
  clearInterval(watch);
  const headOf = ({ id, head }: Person) => head + (lucky.has(id) ? 1 : 0);
  const missing = () =>
    people.filter((person, index) => applied(sockets[index] as RawSocket).length < headOf(person) - person.seq).length;
  await expect.poll(missing, patience).toBe(0);
  for (const [index, person] of people.entries()) {
    expect(applied(sockets[index] as RawSocket)).toEqual(range(person.seq, headOf(person)));
  }
  expect(bounds.length).toBeGreaterThan(20);
  for (const [admitted, allowed] of bounds) expect(admitted).toBeLessThanOrEqual(allowed);
  expect(refusals.length).toBeGreaterThanOrEqual(50);
  expect(refusals.length).toBe(gateway.stats().turnedAway);
  for (const { code, retryAfterMs } of refusals) {
    expect(code).toBe('limit.rate');
    expect(retryAfterMs).toBeGreaterThan(0);
    expect(retryAfterMs).toBeLessThanOrEqual(30_000);
  }
  expect(new Set(refusals.map(({ retryAfterMs }) => retryAfterMs)).size).toBeGreaterThan(refusals.length / 2);
});

test('one who waits and leaves gives the place back; one turned away who stays is put out', async () => {
  server = await startTestServer({ settings: { admissionRate: 1 } });
  const { url, gateway } = server;
  const stats = () => gateway.stats();
  const inside = await rawAsk(url, {});
  expect(await answerOf(inside)).toBe('ready');
  const waiting = [await rawAsk(url, {}), await rawAsk(url, {})];
  await expect.poll(() => stats().waiting + stats().admitted, patience).toBe(3);
  for (const socket of waiting) socket.ws.close();
  await expect.poll(() => stats().waiting, patience).toBe(0);
  const more = await Promise.all(Array.from({ length: 8 }, () => rawAsk(url, {})));
  await Promise.any(more.map(({ closed }) => closed));
  const refused = more.filter(({ frames }) => frames.some((frame) => frame.startsWith('44')));
  expect(refused.length).toBeGreaterThan(0);
  for (const socket of refused) {
    expect(await answerOf(socket)).toMatchObject({ code: 'limit.rate', retryAfterMs: expect.any(Number) });
    await socket.closed;
  }
  // The second of two waits for a turn when the drain begins.
  await expect.poll(() => stats().waiting, patience).toBe(0);
  const [, second] = [await rawAsk(url, {}), await rawAsk(url, {})];
  await gateway.drain(0);
  expect(await answerOf(second)).toMatchObject({ code: 'server.draining' });
});
