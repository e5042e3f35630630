import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { Bench } from '../bench.ts';
import { startChild } from '../child.ts';
import { createMarket, type BenchMarket } from '../market.ts';
import { openPostgresCpu } from '../postgres-cpu.ts';
import { percentile, type Group } from '../report.ts';
import { openStalls, writeUnpaid, type Stalls } from '../unpaid.ts';
import { addressOf, many, Wire } from '../wire.ts';

const full = {
  groups: 100_000,
  buyers: 2_000,
  sellers: 200,
  listingsEach: 2,
  seconds: 20,
};
const quick = { groups: 2_000, buyers: 200, sellers: 20, listingsEach: 2, seconds: 4 };
/** Sockets that watch: their frames show that what is stored is also delivered. */
const watchersMax = 200;
const aimPerSecond = 5_000;
const duePerSecond = 200;
const aimLateMs = 1_500;
/** From writing the groups to their deadline: the server starts and the watchers connect meanwhile. */
const untilDueMs = 25_000;
const untilDueQuickMs = 8_000;
const endsWithinMs = 600_000;

/** Unpaid orders that end in the same second, then at a steady pace: how fast and how late the sweep expires them. */
export async function measureExpiry(bench: Bench): Promise<Group[]> {
  const size = sizeOf(bench);
  const market = await createMarket(bench.databaseUrl, { users: size.buyers + size.sellers, pairs: 0 });
  try {
    const stalls = await openStalls(market, size);
    return [await allAtOnce(bench, { market, stalls }), await atAPace(bench, { market, stalls })];
  } finally {
    await market.close();
  }
}

function sizeOf({ quick: isQuick, count }: Bench): typeof full {
  const size = isQuick ? quick : full;
  return { ...size, groups: count ?? size.groups };
}

interface Place {
  readonly market: BenchMarket;
  readonly stalls: Stalls;
}

async function allAtOnce(bench: Bench, { market, stalls }: Place): Promise<Group> {
  const { groups: count } = sizeOf(bench);
  const dueMs = Date.now() + (bench.quick ? untilDueQuickMs : untilDueMs);
  await writeUnpaid(market.databaseUrl, stalls, { count, fromMs: dueMs, perSecond: null });
  const server = await startServer(bench, market);
  const arrivals = await watch(server.url, stalls, dueMs);
  const postgresCpu = await openPostgresCpu(market.databaseUrl);
  const cpuOf = async () => [await server.ask<number>({ name: 'cpu' }), (await postgresCpu?.()) ?? 0] as const;
  const before = await cpuOf();
  const late = Date.now() > dueMs;
  const endedMs = await allEnded(market.databaseUrl);
  const after = await cpuOf();
  const [ownUs, postgresUs] = [0, 1].map((at) => (((after[at] ?? 0) - (before[at] ?? 0)) * 1_000) / count);
  const stored = await storedEvents(market.databaseUrl);
  const expected = (count / stalls.buyers.length) * arrivals.watched;
  await arrivals.settle(expected);
  await server.stop();
  const perSecond = (count * 1_000) / (endedMs - dueMs);
  return {
    title: `${count} unpaid orders due in the same second`,
    results: [
      {
        what: 'expired',
        value: `${perSecond.toFixed(0)} a second`,
        aim: `≥ ${aimPerSecond}`,
        met: perSecond >= aimPerSecond,
      },
      { what: '  from the deadline to the last', value: `${((endedMs - dueMs) / 1_000).toFixed(1)} s` },
      { what: '  CPU of the server process', value: `${ownUs?.toFixed(0)} µs each` },
      ...(postgresCpu ? [{ what: '  CPU of PostgreSQL', value: `${postgresUs?.toFixed(0)} µs each` }] : []),
      {
        what: '  events stored for both sides',
        value: String(stored),
        aim: String(count * 2),
        met: stored === count * 2,
      },
      {
        what: `  frames' events at ${arrivals.watched} sockets`,
        value: String(arrivals.delays.length),
        aim: String(expected),
        met: arrivals.delays.length === expected,
      },
    ],
    notes: late ? ['the groups were due before everything was ready: the rate is too low'] : [],
  };
}

async function atAPace(bench: Bench, { market, stalls }: Place): Promise<Group> {
  const { seconds } = sizeOf(bench);
  const count = seconds * duePerSecond;
  const server = await startServer(bench, market);
  const fromMs = Date.now() + 6_000;
  await writeUnpaid(market.databaseUrl, stalls, { count, fromMs, perSecond: duePerSecond });
  const arrivals = await watch(server.url, stalls, fromMs);
  const deadlines = await deadlinesOf(market.databaseUrl);
  const watched = [...deadlines.values()].length;
  await allEnded(market.databaseUrl);
  await arrivals.settle(1);
  await server.stop();
  const delays = arrivals.orders.flatMap(({ orderId, atMs }) => {
    const deadline = deadlines.get(orderId);
    return deadline === undefined ? [] : [atMs - deadline];
  });
  const [p50, p99] = [percentile(delays, 0.5), percentile(delays, 0.99)];
  return {
    title: `From deadline to socket, ${duePerSecond} due a second, ${delays.length} of ${watched} watched`,
    results: [
      { what: 'p50', value: `${p50.toFixed(0)} ms` },
      { what: 'p99', value: `${p99.toFixed(0)} ms`, aim: `< ${aimLateMs} ms`, met: p99 < aimLateMs },
      { what: 'worst', value: `${Math.max(...delays).toFixed(0)} ms` },
    ],
  };
}

interface OrderEvent {
  readonly data: { readonly id: string; readonly state?: string };
}

async function startServer(bench: Bench, market: BenchMarket) {
  const [engine = 'node'] = bench.engines;
  const env = { ...market.env, REDIS_URL: bench.redisUrl, GATEWAY_ENGINE: engine };
  return startChild('soko', { node: bench.node, env });
}

/** Sockets of the first buyers, and what reaches them of orders that have expired. */
async function watch(url: string, { buyers }: Stalls, dueMs: number) {
  const orders: { orderId: string; atMs: number }[] = [];
  const delays: number[] = [];
  const onFrame = (frame: string, atMs: number) => {
    if (!frame.startsWith('42["inbox",')) return;
    const [, { events }] = JSON.parse(frame.slice(2)) as [string, { events: OrderEvent[] }];
    for (const { data } of events) {
      if (data.state !== 'payment_expired') continue;
      orders.push({ orderId: data.id, atMs });
      delays.push(atMs - dueMs);
    }
  };
  const connect = (index: number) =>
    Wire.connect(url, { auth: { token: buyers[index]!.token }, ip: addressOf(index), awaitReady: true, onFrame });
  const wires = await many(Math.min(watchersMax, buyers.length), connect);
  return {
    watched: wires.length,
    orders,
    delays,
    /** Waits for the last frames, at most a few seconds. */
    async settle(expected: number) {
      for (let waitedMs = 0; delays.length < expected && waitedMs < 5_000; waitedMs += 50) await delay(50);
      await delay(500);
      for (const wire of wires) wire.close();
    },
  };
}

async function query<T>(databaseUrl: string, text: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await client.query(text)).rows as T[];
  } finally {
    await client.end();
  }
}

/** The moment when no unpaid group is left. Asked on one connection: making one costs more than the answer. */
async function allEnded(databaseUrl: string): Promise<number> {
  const waiting = `select 1 from order_group where state = 'awaiting_payment'
    and deadline < now() + interval '1 minute' limit 1`;
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    for (const startedAt = Date.now(); Date.now() - startedAt < endsWithinMs; await delay(100)) {
      if ((await client.query(waiting)).rowCount === 0) return Date.now();
    }
  } finally {
    await client.end();
  }
  throw new Error('unpaid orders are left');
}

async function storedEvents(databaseUrl: string): Promise<number> {
  const [row] = await query<{ count: number }>(
    databaseUrl,
    `select count(*)::int as count from inbox_event
     where type = 'order.changed' and data->'change'->>'kind' = 'expired' and data ? 'lines'`,
  );
  return row?.count ?? 0;
}

async function deadlinesOf(databaseUrl: string): Promise<Map<string, number>> {
  const rows = await query<{ id: string; ms: string }>(
    databaseUrl,
    `select id, (extract(epoch from deadline) * 1000)::text as ms from sub_order where state = 'awaiting_payment'
      and deadline < now() + interval '1 minute'`,
  );
  return new Map(rows.map(({ id, ms }) => [id, Number(ms)]));
}
