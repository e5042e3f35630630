import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase, type Database } from '../../src/domain/orm.ts';
import { until } from '../client/until.ts';
import type { TestUser } from '../support/harness.ts';
import { startOwnPostgres, type OwnPostgres } from '../support/own-postgres.ts';
import { startStopwatch } from '../support/stopwatch.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { binFolders } from '../support/services/postgres.ts';
import { openWay } from './way.ts';

const isInstalled = (await binFolders()).length > 0;
const shared = process.env.DATABASE_URL;
const databaseAwayMs = 6_000;
let postgres: OwnPostgres;
let server: TestServer;

beforeAll(async () => {
  if (!isInstalled) return;
  postgres = (await startOwnPostgres()) as OwnPostgres;
  process.env.DATABASE_URL = postgres.url;
  server = await startTestServer({ settings: { databaseAwayMs, expiryGraceMs: 1_000 } });
});
afterAll(async () => {
  process.env.DATABASE_URL = shared;
  await server?.close();
  await postgres?.remove();
});

const isAway = () => server.harness.database.liveness.awaySince !== null;
const freshToken = ({ actor: { userId, sessionId } }: TestUser) =>
  server.harness.tokens.signAccess({ userId, sessionId });

describe.skipIf(!isInstalled)('a database that stops answering', () => {
  test('ends statements and waits for connections within seconds, and refuses new ones at once', async () => {
    const { database } = server.harness;
    const ask = () => database.fork().getConnection().execute('select 1');
    await Promise.all(Array.from({ length: 10 }, ask));
    await postgres.pause();
    const waitedMs = startStopwatch();
    // More than the pool holds: some run, the others wait for a connection.
    const answers = await Promise.allSettled(Array.from({ length: 40 }, ask));
    expect(waitedMs()).toBeLessThan(6_000);
    expect(answers.filter(({ status }) => status === 'fulfilled')).toEqual([]);
    expect(isAway()).toBe(true);
    const askedForMs = startStopwatch();
    await expect(ask()).rejects.toThrow('the database is away');
    expect(askedForMs()).toBeLessThan(500);
    await postgres.resume();
    await until(() => !isAway());
    await ask();
  });

  test('keeps sockets whose token expires meanwhile, until they could extend it', async () => {
    const { clock, tokens } = server.harness;
    const user = await server.harness.user();
    const client = server.connect(user);
    await client.ready;
    await postgres.pause();
    await until(isAway);
    clock.offsetMs += tokens.accessTtlMs + 2_000;
    await delay(1_500);
    expect(await client.fails('sessions.extend', { token: freshToken(user) })).toBe('server.unavailable');
    await postgres.resume();
    await until(() => !isAway());
    await client.ok('sessions.extend', { token: freshToken(user) });
    await client.ok('users.me');
    client.socket.close();
  });

  test('is told to every socket with 4006 once it stays away too long', async () => {
    const user = await server.harness.user();
    const sockets = Array.from({ length: 5 }, () => server.connect({ ...user, token: freshToken(user) }));
    // Answered once all that was missed is sent: a socket that still waits for it would have to come again at once.
    await Promise.all(sockets.map((socket) => socket.ok('users.me')));
    await postgres.pause();
    await until(isAway);
    const awayAt = performance.now();
    const closes = await Promise.all(
      sockets.map(async ({ closed }) => ({ ...(await closed), afterMs: performance.now() - awayAt })),
    );
    for (const { code, afterMs } of closes) {
      expect(code).toBe(4006);
      expect(afterMs).toBeGreaterThan(databaseAwayMs);
    }
    for (const { frames } of sockets) expect(frames.at(-1)).toMatchObject({ event: 'reconnect' });
    await postgres.resume();
    await until(() => !isAway());
    await server.connect({ ...user, token: freshToken(user) }).ready;
  });
});

describe.skipIf(!isInstalled)('a connection of ours that is cut', () => {
  test('does not make a database that answers count as away', async () => {
    const { database } = server.harness;
    let outages = 0;
    database.liveness.onChange(() => (outages += 1));
    await database
      .fork()
      .getConnection()
      .execute(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where application_name = 'soko-liveness' and datname = current_database()`,
      );
    await delay(2_000);
    expect(outages).toBe(0);
  });

  test('is noticed at once when the way to the server is gone too', async () => {
    const way = await openWay(Number(new URL(postgres.url).port));
    const database: Database = await openDatabase({
      url: `postgres://soko@127.0.0.1:${way.port}/postgres`,
      poolMax: 2,
    });
    way.close();
    const unnoticedForMs = startStopwatch();
    await until(() => database.liveness.awaySince !== null);
    expect(unnoticedForMs()).toBeLessThan(3_000);
    await database.close();
  });
});
