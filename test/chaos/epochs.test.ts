import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { connect, EntityStore, type Cursor, type SokoClient } from '../../client/src/index.ts';
import { until } from '../client/until.ts';
import type { TestUser } from '../support/harness.ts';
import { makeStandby, startOwnPostgres, type OwnPostgres } from '../support/own-postgres.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { binFolders, query } from '../support/services/postgres.ts';
import { run } from '../support/services/run.ts';
import { openWay, type Way } from './way.ts';

const isInstalled = (await binFolders()).length > 0;
const given = test.skipIf(!isInstalled);
const timeout = { timeout: 120_000 };
const follows = (what: string, story: () => Promise<void>) =>
  given(`after ${what}, everybody ends with what the database holds`, timeout, story);
const withinMs = 30_000;
const everybody: Client[] = [];
let postgres: OwnPostgres;
let way: Way;
let server: TestServer;
let name: string;

/** A person's device: what it knows survives its connections. */
interface Client {
  readonly user: TestUser;
  readonly store: EntityStore;
  cursor: Cursor | null;
  connection: SokoClient | null;
}

beforeAll(async () => {
  if (!isInstalled) return;
  postgres = (await startOwnPostgres()) as OwnPostgres;
  way = await openWay(Number(new URL(postgres.url).port));
});
afterAll(async () => {
  way?.close();
  await postgres?.remove();
});

const databaseOf = (database: string) => ({
  target: { url: `postgres://soko@127.0.0.1:${way.port}/${database}`, poolMax: 5 },
  drop: async () => {},
});

async function serve(database: string): Promise<TestServer> {
  const created = await startTestServer({ database: databaseOf(database) });
  await created.harness.database.fork().getConnection().execute('select 1');
  return created;
}

beforeEach(async () => {
  if (!isInstalled) return;
  name = `soko_${crypto.randomUUID().slice(0, 8)}`;
  await query(postgres.url, `create database ${name}`);
  server = await serve(name);
  return async () => {
    for (const client of everybody.splice(0)) client.connection?.close();
    await server.close();
  };
});

/** A person with one device; it was offline when nothing else is said. */
async function device(): Promise<Client> {
  const client: Client = {
    user: await server.harness.user(),
    store: new EntityStore(),
    cursor: null,
    connection: null,
  };
  everybody.push(client);
  return client;
}

async function goOnline(client: Client): Promise<void> {
  client.connection = await connect({
    url: server.url,
    token: client.user.token,
    inbox: client.cursor,
    store: client.store,
    onCursor: (cursor) => (client.cursor = cursor),
  });
}

async function goOffline(client: Client): Promise<void> {
  client.connection?.close();
  client.connection = null;
}

async function tell(client: Client, bio: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const reply = await server.harness.call(client.user, 'users.update', { bio });
    if (reply.ok) return;
    if (reply.error.code !== 'server.unavailable' || tries > 100) throw new Error(reply.error.code);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

const bioOf = ({ store, user }: Client) => store.get<any>('user', user.id)?.bio;

/** People as a restore finds them. The one who is ahead and online saw what the copy does not hold. */
interface Crowd {
  readonly ahead: Client;
  readonly behind: Client;
  readonly away: Client;
  /** Nothing ever happened to them. */
  readonly quiet: Client;
  readonly epoch: string;
}

/** Everybody hears of one event, then the copy is made, then everybody but the one behind hears of a second. */
async function livePast(copy: () => Promise<void>): Promise<Crowd> {
  const crowd = { ahead: await device(), behind: await device(), away: await device(), quiet: await device() };
  const { ahead, behind, away, quiet } = crowd;
  for (const client of [ahead, behind, away, quiet]) await goOnline(client);
  for (const client of [ahead, behind, away]) await tell(client, 'kept');
  await until(() => [ahead, behind, away].every((client) => bioOf(client) === 'kept'), withinMs);
  await goOffline(behind);
  const epoch = ahead.cursor?.epoch ?? '';
  await copy();
  for (const client of [ahead, behind, away]) await tell(client, 'lost');
  await until(() => [ahead, away].every((client) => bioOf(client) === 'lost'), withinMs);
  expect([ahead, behind, away, quiet].map(({ cursor }) => cursor)).toEqual([2, 1, 2, 0].map((seq) => ({ epoch, seq })));
  await goOffline(away);
  return { ...crowd, epoch };
}

/** New events get the numbers, and views the versions, of those that were lost: only a new epoch tells them apart. */
async function expectAllFollow({ ahead, behind, away, quiet, epoch }: Crowd): Promise<void> {
  for (const client of [ahead, behind, away]) await tell(client, 'new');
  for (const client of [behind, away]) await goOnline(client);
  await until(() => [ahead, behind, away].every((client) => bioOf(client) === 'new'), withinMs);
  const clients = [ahead, behind, away, quiet];
  await until(() => clients.every(({ cursor }) => cursor !== null && cursor.epoch !== epoch), withinMs);
  expect(new Set(clients.map(({ cursor }) => cursor?.epoch)).size).toBe(1);
  for (const client of clients) {
    const fresh = await server.harness.ok(client.user, 'sync.snapshot');
    expect(client.cursor).toEqual({ epoch: fresh.epoch, seq: fresh.head });
    for (const [entity, views] of Object.entries(fresh.state)) expect(client.store.all(entity)).toEqual(views);
  }
}

const bin = (program: string, args: string[]) =>
  run(`${postgres.binFolder}/${program}`, [...args, '-h', '127.0.0.1', '-p', new URL(postgres.url).port, '-U', 'soko']);

async function dump(file: string): Promise<void> {
  await bin('pg_dump', ['-Fc', '-f', file, name]);
}

follows('a dump restored into a new database', async () => {
  const file = join(process.env.TMPDIR ?? '/tmp', `${name}.dump`);
  const crowd = await livePast(() => dump(file));
  const restored = `${name}_restored`;
  await query(postgres.url, `create database ${restored}`);
  await bin('pg_restore', ['-1', '-d', restored, file]);
  await goOffline(crowd.ahead);
  await goOffline(crowd.quiet);
  await server.close();
  server = await serve(restored);
  await goOnline(crowd.ahead);
  await goOnline(crowd.quiet);
  await expectAllFollow(crowd);
});

follows('a dump restored over the database that a node uses', async () => {
  const file = join(process.env.TMPDIR ?? '/tmp', `${name}.dump`);
  const crowd = await livePast(() => dump(file));
  await query(postgres.url, `drop database ${name} with (force)`);
  await query(postgres.url, `create database ${name}`);
  await bin('pg_restore', ['-1', '-d', name, file]);
  await expectAllFollow(crowd);
});

follows('a dump restored into the very tables, under open connections', async () => {
  const file = join(process.env.TMPDIR ?? '/tmp', `${name}.dump`);
  const crowd = await livePast(() => dump(file));
  const tables = ['inbox_epoch', 'inbox_head', 'inbox_event', 'account'];
  // What nothing may change is emptied only by whoever can turn triggers off.
  const emptied = `set session_replication_role = replica; truncate ${tables.join(', ')} cascade`;
  await query(new URL(name, postgres.url).href, emptied);
  await bin('pg_restore', [
    '-1',
    '--data-only',
    '--disable-triggers',
    '-d',
    name,
    ...tables.map((table) => `--table=${table}`),
    '--table=session',
    file,
  ]);
  await expectAllFollow(crowd);
});

follows('a standby that had not heard of the last events is promoted', async () => {
  let standby: OwnPostgres | undefined;
  const crowd = await livePast(async () => {
    standby = await makeStandby(postgres);
  });
  const successor = standby as OwnPostgres;
  await postgres.kill();
  await successor.start();
  way.lead(Number(new URL(successor.url).port));
  await query(successor.url, 'select pg_promote()');
  await expectAllFollow(crowd);
  way.lead(null);
  await successor.remove();
  await postgres.start();
  way.lead(Number(new URL(postgres.url).port));
});

follows('a snapshot of the disk is put back under a running node', async () => {
  const copy = `${postgres.folder}-copy`;
  const put = async (from: string, to: string) => {
    await rm(to, { recursive: true, force: true });
    await cp(from, to, { recursive: true, preserveTimestamps: true });
    const { owner } = postgres;
    if (owner) await run('chown', ['-R', `${owner.uid}:${owner.gid}`, to]);
  };
  const crowd = await livePast(async () => {
    await postgres.stop();
    await put(postgres.folder, copy);
    await postgres.start();
  });
  // The node has heard since how far the journal got; it asks every second.
  await delay(2_500);
  await postgres.stop();
  await put(copy, postgres.folder);
  await postgres.start();
  await expectAllFollow(crowd);
  await rm(copy, { recursive: true });
});

follows('heads go back behind what was pushed', async () => {
  const crowd = await livePast(async () => {});
  await query(
    new URL(name, postgres.url).href,
    `update inbox_head set seq = 1; delete from inbox_event where seq > 1;
     update account set bio = 'kept', version = 2 where version = 3`,
  );
  const { ahead, epoch } = crowd;
  await until(() => ahead.cursor?.epoch !== epoch, withinMs);
  await expectAllFollow(crowd);
});

follows('an operator begins a new epoch', async () => {
  const crowd = await livePast(async () => {});
  const main = new URL('../../src/main.ts', import.meta.url).pathname;
  const env = { DATABASE_URL: databaseOf(name).target.url, DATA_DIR: join(process.env.TMPDIR ?? '/tmp', name) };
  const output = await run(process.execPath, [main, 'epoch'], { env: { ...env, LOG_LEVEL: 'error' } });
  const told = /in epoch (\S+);/.exec(output)?.[1];
  await expectAllFollow(crowd);
  expect(crowd.quiet.cursor?.epoch).toBe(told);
});
const epochs = async (database: string, count: number) => {
  const url = new URL(database, postgres.url).href;
  const asked = Array.from({ length: count }, () => query(url, 'select inbox_current_epoch() as epoch'));
  return new Set((await Promise.all(asked)).flat().map((row) => (row as { epoch: string }).epoch));
};

given('the epoch that many nodes begin at once is one', timeout, async () => {
  const before = await epochs(name, 1);
  await server.close();
  const clone = `${name}_clone`;
  await query(postgres.url, `create database ${clone} template ${name}`);
  const begun = await epochs(clone, 30);
  expect(begun.size).toBe(1);
  expect(begun).not.toEqual(before);
  expect(await epochs(name, 1)).toEqual(before);
  server = await serve(name);
});

given('the epoch stays through vacuuming, restarts, and for users without special rights', timeout, async () => {
  const before = await epochs(name, 1);
  const url = new URL(name, postgres.url);
  await query(url.href, 'vacuum freeze inbox_epoch');
  await query(url.href, 'vacuum full inbox_epoch');
  await query(url.href, 'create role plain login');
  await query(url.href, 'grant select, update on inbox_epoch to plain');
  await postgres.stop();
  await postgres.start();
  await postgres.kill();
  await postgres.start();
  expect(await epochs(name, 1)).toEqual(before);
  url.username = 'plain';
  const rows = await query(url.href, 'select inbox_place() as place, inbox_current_epoch() as epoch');
  expect(rows).toEqual([{ place: expect.not.stringContaining('-'), epoch: [...before][0] }]);
});

given('the epoch is not changed by a client that claims to be further than the log', timeout, async () => {
  const before = await epochs(name, 1);
  const [epoch] = before;
  const client = server.connect(await server.harness.user(), { inbox: { epoch, seq: 1_000 } });
  expect((await client.ready).inbox).toMatchObject({ epoch, head: 0, snapshotRequired: true });
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  expect(await epochs(name, 1)).toEqual(before);
});
