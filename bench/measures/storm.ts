import { setTimeout as delay } from 'node:timers/promises';
import { appendInbox } from '../../src/domain/kernel/index.ts';
import { startOwnPostgres, type OwnPostgres } from '../../test/support/own-postgres.ts';
import { query } from '../../test/support/services/postgres.ts';
import { startNodes, startSocketIo, stopAll, type Bench } from '../bench.ts';
import type { Child } from '../child.ts';
import { comeBack, inboxClient, socketIoClient, type Client } from '../clients.ts';
import { createMarket, type BenchMarket } from '../market.ts';
import { percentile, type Group, type Result } from '../report.ts';
import { openStatementCounter, type Counted } from '../statements.ts';
import { many, nowMs, type Wire } from '../wire.ts';

interface StormSize {
  /** Clients of the node that dies. */
  readonly clients: number;
  /** Clients of the node that stays. */
  readonly neighbours: number;
}

interface Storm {
  /** Milliseconds from the start to each client being back with all its events. */
  readonly backMs: readonly number[];
  readonly refusals: number;
  /** CPU of the node that took them in, until the last one was back. */
  readonly cpuMs: number;
  /** CPU of the load generator in the same time. */
  readonly ownCpuMs: number;
  /** Clients of the node that stayed whose connection broke meanwhile. */
  readonly brokenNeighbours: number;
}

const full: StormSize = { clients: 5_000, neighbours: 500 };
const quick: StormSize = { clients: 200, neighbours: 50 };
const missedEvents = 3;
const backTimeoutMs = 180_000;
const topStatements = 5;

/** One of two nodes is killed, and all its clients come to the other one at once, with something to catch up on. */
export async function measureStorm(bench: Bench): Promise<Group[]> {
  const size = bench.quick ? quick : full;
  const plain = await stormOnSocketIo(bench, size);
  const { storm, counted, unit } = await stormOnSoko(bench, size);
  const [plainMs, sokoMs] = [Math.max(...plain.backMs), Math.max(...storm.backMs)];
  const perClient = (amount: number) => amount / size.clients;
  const aim = { aim: 'none lost', met: storm.backMs.length === size.clients && storm.brokenNeighbours === 0 };
  const results: Result[] = [
    { what: 'Socket.IO, Redis adapter, nothing resumed: last one back', value: `${seconds(plainMs)} s` },
    { what: '  CPU of the server', value: `${perClient(plain.cpuMs).toFixed(2)} ms a client` },
    {
      what: `Soko, ${missedEvents} missed events each: last one back with them`,
      value: `${seconds(sokoMs)} s`,
      ratio: `${(sokoMs / plainMs).toFixed(2)} × Socket.IO`,
      ...aim,
    },
    {
      what: '  half of them, 99 %',
      value: [0.5, 0.99].map((share) => seconds(percentile(storm.backMs, share))).join(', '),
    },
    {
      what: '  CPU of the server',
      value: `${perClient(storm.cpuMs).toFixed(2)} ms a client`,
      ratio: `${(storm.cpuMs / plain.cpuMs).toFixed(2)} × Socket.IO`,
    },
    { what: `  ${unit} of the database`, value: `${perClient(counted.count).toFixed(2)} a client` },
    { what: '  told to come again later', value: `${perClient(storm.refusals).toFixed(2)} times a client` },
    { what: '  neighbours cut', value: `${storm.brokenNeighbours} of ${size.neighbours}` },
  ];
  const top = counted.top
    .slice(0, topStatements)
    .map(({ calls, text }) => `${perClient(calls).toFixed(2)} a client: ${text.slice(0, 90)}`);
  const own = (storm.ownCpuMs / sokoMs) * 100;
  return [
    {
      title: `Storm: ${size.clients} clients of a killed node come to the other one at once`,
      results,
      notes: [...top, `the load generator used ${own.toFixed(0)} % of a core meanwhile`],
    },
  ];
}

async function stormOnSocketIo(bench: Bench, { clients, neighbours }: StormSize): Promise<Storm> {
  const nodes = await startSocketIo(bench, { adapter: 'redis', recovery: false, count: 2 });
  const made = Array.from({ length: clients + neighbours }, (_, index) => socketIoClient({ index, hear: () => {} }));
  try {
    return await runStorm(nodes, { made, clients, prepare: async () => {}, isBack: async () => {} });
  } finally {
    await stopAll(nodes);
  }
}

async function stormOnSoko(
  bench: Bench,
  { clients, neighbours }: StormSize,
): Promise<{ storm: Storm; counted: Counted; unit: string }> {
  const own = await startCountingPostgres();
  const server = own?.url ?? bench.databaseUrl;
  const market = await createMarket(server, { users: clients + neighbours, pairs: 0 });
  const statements = await openStatementCounter(market.databaseUrl);
  const nodes = await startNodes(bench, market, 2);
  try {
    const heard = Array.from({ length: clients }, () => Promise.withResolvers<void>());
    const counts = new Uint8Array(clients);
    const made = market.users.map(({ token }, index) =>
      inboxClient({
        index,
        token,
        hear() {
          counts[index]! += 1;
          if (counts[index] === missedEvents) heard[index]?.resolve();
        },
      }),
    );
    let count = async (): Promise<Counted> => ({ count: 0, top: [] });
    const prepare = async () => {
      await appendMissed(market, clients);
      count = await statements.start();
    };
    const found = await runStorm(nodes, { made, clients, prepare, isBack: (index) => heard[index]!.promise });
    return { storm: found, counted: await count(), unit: statements.unit };
  } finally {
    await stopAll(nodes);
    await statements.close();
    await market.close();
    await own?.remove();
  }
}

/** A PostgreSQL of our own that counts statements; null where none is installed that could be started again. */
async function startCountingPostgres(): Promise<OwnPostgres | null> {
  const own = await startOwnPostgres();
  if (own === null) return null;
  const available = await query(own.url, `select from pg_available_extensions where name = 'pg_stat_statements'`);
  if (available.length > 0) await query(own.url, `alter system set shared_preload_libraries = 'pg_stat_statements'`);
  await own.stop();
  await own.start();
  return own;
}

/** Everyone of the dead node gets the same few events while nobody is there to hear them. */
async function appendMissed({ harness, users }: BenchMarket, clients: number): Promise<void> {
  const data = { entity: 'bench', id: crypto.randomUUID(), version: 1, text: 'x'.repeat(300) };
  const pending = users
    .slice(0, clients)
    .flatMap(({ id }) => Array.from({ length: missedEvents }, () => ({ userId: id, type: 'bench.happened', data })));
  await appendInbox(harness.database.fork().getKysely(), pending, harness.clock);
}

interface Plan {
  /** Those of the node that dies come first. */
  readonly made: readonly Client[];
  readonly clients: number;
  /** Runs after the node has died and before anyone comes back. */
  readonly prepare: () => Promise<void>;
  /** Resolves when a client has all it missed. */
  readonly isBack: (index: number) => Promise<void>;
}

async function runStorm([dying, staying]: readonly Child[], { made, clients, prepare, isBack }: Plan): Promise<Storm> {
  const wires = await many(made.length, (index) => made[index]!.open((index < clients ? dying! : staying!).url), 64);
  let isOver = false;
  let brokenNeighbours = 0;
  for (const wire of wires.slice(clients)) void wire.closed.then(() => (brokenNeighbours += isOver ? 0 : 1));
  const cut = wires.slice(0, clients).map(({ closed }) => closed);
  await dying!.stop();
  await Promise.all(cut);
  await prepare();
  const cpuBefore = await staying!.ask<number>({ name: 'cpu' });
  const ownBefore = process.cpuUsage();
  const startedAt = nowMs();
  let refusals = 0;
  const backMs: number[] = [];
  const returned = Promise.all(
    made.slice(0, clients).map(async (client, index) => {
      const { wire, refusals: times } = await returnWhole(client, staying!.url, isBack(index));
      refusals += times;
      backMs.push(nowMs() - startedAt);
      return wire;
    }),
  );
  const last = await Promise.race([returned, delay(backTimeoutMs, null, { ref: false })]);
  if (last === null) throw new Error(`only ${backMs.length} of ${clients} clients came back in time`);
  const cpuMs = (await staying!.ask<number>({ name: 'cpu' })) - cpuBefore;
  const { user, system } = process.cpuUsage(ownBefore);
  isOver = true;
  for (const wire of [...last, ...wires.slice(clients)]) wire.close();
  return { backMs, refusals, cpuMs, ownCpuMs: (user + system) / 1_000, brokenNeighbours };
}

/** Until it has everything; a client that is sent away on the way there comes once more. */
async function returnWhole(
  client: Client,
  url: string,
  whole: Promise<void>,
): Promise<{ wire: Wire; refusals: number }> {
  let farewell = '';
  for (let refusals = 0; ; refusals += 1) {
    const back = await comeBack(client, () => url, farewell);
    refusals += back.refusals;
    const isWhole = await Promise.race([whole.then(() => true), back.wire.closed.then(() => false)]);
    if (isWhole) return { wire: back.wire, refusals };
    farewell = back.wire.farewell;
  }
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(2);
}
