import { readFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { availableParallelism } from 'node:os';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { connect, type SokoClient } from '../../client/src/index.ts';
import { ConfigError, readConfig } from '../../src/config.ts';
import { newDatabaseTarget } from '../support/databases.ts';
import { registered } from '../support/http-client.ts';
import { startOwnRedis } from '../support/own-redis.ts';
import { freePort, freePorts } from '../support/free-port.ts';
import { spawnSoko, tempFolder, type Started } from '../support/process.ts';
import { engineKind } from '../support/server.ts';

/** Several processes on one port need both servers, and a kernel that shares ports. */
const canRun = Boolean(process.env.DATABASE_URL && process.env.REDIS_URL) && process.platform === 'linux';
const shared = test.skipIf(!canRun);

const closers: (() => Promise<unknown>)[] = [];
let env: Record<string, string>;

beforeAll(async () => {
  if (!canRun) return;
  const [{ target, drop }, { folder, remove }, redis] = await Promise.all([
    newDatabaseTarget(),
    tempFolder(),
    startOwnRedis(),
  ]);
  closers.push(drop, remove, () => redis.remove());
  env = {
    WORKERS: '2',
    DATABASE_URL: 'url' in target ? target.url : '',
    REDIS_URL: redis.url,
    DATA_DIR: folder,
    GATEWAY_ENGINE: engineKind,
    DRAIN_WINDOW: '500ms',
  };
});
afterAll(async () => {
  for (const close of closers) await close();
});

interface Workers extends Started {
  readonly url: string;
  readonly opsPorts: readonly number[];
}

async function startWorkers(extra: Record<string, string> = {}): Promise<Workers> {
  const port = await freePorts(3);
  const opsPort = port + 1;
  const started = spawnSoko({ ...env, PORT: String(port), OPS_PORT: String(opsPort), ...extra });
  // Where a test fails in between, nothing stays: workers end with their supervisor.
  onTestFinished(() => void started.child.kill('SIGKILL'));
  const ended = started.exited.then((code) => {
    throw new Error(`ended with ${code} before it listened:\n${started.output()}`);
  });
  ended.catch(() => {});
  const listens = async () => expect.poll(() => started.output(), { timeout: 90_000 }).toContain('listens on');
  await Promise.race([listens(), ended]);
  return { ...started, url: `http://127.0.0.1:${port}`, opsPorts: [opsPort, opsPort + 1] };
}

/** The process ids of a supervisor's workers by number, as the kernel knows them. */
async function workerPids({ child }: Started): Promise<Map<number, number>> {
  const listed = await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8');
  const pids = listed.split(' ').filter(Boolean).map(Number);
  const commands = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return new Map(
    pids.flatMap((pid, index): [number, number][] => {
      const number = /main\.ts\0worker\0(\d+)/.exec(commands[index] ?? '')?.[1];
      return number ? [[Number(number), pid]] : [];
    }),
  );
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Open sockets of each worker; null for one that does not answer. */
function connections(opsPorts: readonly number[]): Promise<(number | null)[]> {
  return Promise.all(
    opsPorts.map(async (port) => {
      const text = await fetch(`http://127.0.0.1:${port}/metrics`).then(
        (response) => response.text(),
        () => '',
      );
      const count = /^soko_connections(?:\{[^}]*\})? (\d+)/m.exec(text)?.[1];
      return count === undefined ? null : Number(count);
    }),
  );
}

/** Clients of one person, as many as it takes until every worker holds some; with what each was told. */
async function clientsOnAll(workers: Workers, token: string) {
  const clients: { client: SokoClient; seqs: number[]; offline: () => number }[] = [];
  while (clients.length < 20 && (await connections(workers.opsPorts)).some((count) => !count)) {
    const seqs: number[] = [];
    let lost = 0;
    const client = await connect({ url: workers.url, token, inbox: null, onEvent: ({ seq }) => void seqs.push(seq) });
    client.on('offline', () => void (lost += 1));
    clients.push({ client, seqs, offline: () => lost });
  }
  return clients;
}

async function refusal(extra: Record<string, string>) {
  const { exited, output } = spawnSoko({ PORT: String(await freePort()), ...extra });
  return { code: await exited, lines: output().trim().split('\n') };
}

shared(
  'workers share the port, events cross between them, and a killed one is replaced without loss',
  async () => {
    const workers = await startWorkers();
    const asha = await registered(workers.url, 'Asha');
    const clients = await clientsOnAll(workers, asha.token);
    expect(await connections(workers.opsPorts)).not.toContain(0);

    const all = Array.from({ length: 25 }, (_, index) => index + 1);
    const say = async (from: number, to: number) => {
      for (const bio of all.slice(from, to)) await clients[0]!.client.call('users.update', { bio: `${bio}` });
    };
    await say(0, 10);
    for (const { seqs } of clients) await expect.poll(() => seqs, { timeout: 10_000 }).toEqual(all.slice(0, 10));

    const before = await workerPids(workers);
    expect(new Set(before.keys())).toEqual(new Set([1, 2]));
    process.kill(before.get(2)!, 'SIGKILL');
    await say(10, 25);
    for (const { seqs } of clients) await expect.poll(() => seqs, { timeout: 30_000 }).toEqual(all);
    expect(clients.some(({ offline }) => offline() > 0)).toBe(true);
    expect(clients.some(({ offline }) => offline() === 0)).toBe(true);
    await expect.poll(() => connections(workers.opsPorts), { timeout: 60_000 }).not.toContain(null);
    const after = await workerPids(workers);
    expect(after.get(1)).toBe(before.get(1));
    expect(after.get(2)).not.toBe(before.get(2));

    for (const { client } of clients) client.close();
    workers.child.kill('SIGTERM');
    expect(await workers.exited).toBe(0);
    expect([...after.values()].filter(isAlive)).toEqual([]);
    expect(workers.output().match(/listens on/g)).toHaveLength(1);
  },
  180_000,
);

shared('workers end when their supervisor is killed', async () => {
  const workers = await startWorkers();
  const pids = [...(await workerPids(workers)).values()];
  expect(pids).toHaveLength(2);
  workers.child.kill('SIGKILL');
  await expect.poll(() => pids.filter(isAlive), { timeout: 20_000 }).toEqual([]);
});

shared('a terminal’s interrupt drains, and a second one ends everything at once', async () => {
  const workers = await startWorkers({ DRAIN_WINDOW: '10m' });
  const pids = [...(await workerPids(workers)).values()];
  const interrupt = () => [workers.child.pid!, ...pids].filter(isAlive).forEach((pid) => process.kill(pid, 'SIGINT'));
  const { token } = await registered(workers.url, 'Asha');
  const client = await connect({ url: workers.url, token });
  interrupt();
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(client.online).toBe(true);
  interrupt();
  expect(await workers.exited).toBe(1);
  await expect.poll(() => pids.filter(isAlive)).toEqual([]);
  client.close();
});

shared('a port that another process holds is one clear line and a non-zero exit', async () => {
  const holder = createServer().listen({ port: 0, host: '127.0.0.1', reusePort: true });
  await new Promise((resolve) => holder.once('listening', resolve));
  const { port } = holder.address() as AddressInfo;
  const { code, lines } = await refusal({ ...env, PORT: String(port) });
  holder.close();
  expect(code).toBe(1);
  expect(lines).toEqual([expect.stringMatching(new RegExp(`^soko: .*${port}.*in use`))]);
});

shared('what keeps a worker from starting is one clear line and a non-zero exit', async () => {
  const { code, lines } = await refusal({ ...env, REDIS_URL: `redis://127.0.0.1:${await freePort()}` });
  expect(code).toBe(1);
  expect(lines).toEqual([expect.stringMatching(/^soko: REDIS_URL cannot be used: .*ECONNREFUSED/)]);
});

shared('workers that die before they are ever ready are given up', async () => {
  const crash = "data:text/javascript,if(process.argv[2]==='worker')process.exit(3)";
  const { code, lines } = await refusal({ ...env, NODE_OPTIONS: `--import=${crash}`, LOG_LEVEL: 'silent' });
  expect(code).toBe(1);
  expect(lines).toEqual([expect.stringMatching(/^soko: worker \d died 5 times and was never ready/)]);
});

const servers = { DATABASE_URL: 'postgres://db/soko', REDIS_URL: 'redis://redis' };
test.each([
  [{}, /DATABASE_URL and REDIS_URL/],
  [{ DATABASE_URL: servers.DATABASE_URL }, /several processes need REDIS_URL$/],
  [{ ...servers, ROLE: 'worker' }, /ROLE=worker/],
  [{ ...servers, PORT: '0' }, /PORT=0/],
  [{ ...servers, GATEWAY_POLLING: 'true' }, /GATEWAY_POLLING/],
])('several workers are refused with %j', (extra, pattern) => {
  const read = () => readConfig({ WORKERS: '2', ...extra });
  expect(read).toThrow(ConfigError);
  expect(read).toThrow(/^WORKERS=2: /);
  expect(read).toThrow(pattern);
});

test('WORKERS is a number or one for each core', () => {
  expect(readConfig({}).WORKERS).toBe(1);
  expect(readConfig({ ...servers, WORKERS: 'auto' }).WORKERS).toBe(availableParallelism());
  expect(() => readConfig({ ...servers, WORKERS: 'many' })).toThrow(/WORKERS: expected a number from 1 to 64, or auto/);
});
