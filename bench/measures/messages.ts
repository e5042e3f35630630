import type { Bench } from '../bench.ts';
import { startChild } from '../child.ts';
import { createMarket, type BenchMarket, type Pair } from '../market.ts';
import { percentile, type Group } from '../report.ts';
import { addressOf, many, Wire } from '../wire.ts';
import { preparePgbench } from '../pgbench.ts';

interface Talk {
  readonly conversationId: string;
  readonly wires: readonly [Wire, Wire];
}

interface MessageLoad {
  readonly node: string;
  readonly engine: string;
  readonly seconds: number;
}

// People enough that nobody reaches the limit of messages in a minute, at three times the aim.
const full = { pairs: 300, seconds: 8 };
const quick = { pairs: 100, seconds: 2 };
const inFlight = 32;
const lagPerSecond = 500;
/** Of a steady stream; when it is reached, the server does not keep up and the delays show it. */
const lagInFlightMax = 500;
const arriveTimeoutMs = 10_000;
const aimShare = 0.5;
const text = 'Is it still available? I could come by tomorrow after six.';

/** `messages.send` as fast as it goes, beside the same statements by pgbench; then the delay to the other side. */
export async function measureMessages(bench: Bench): Promise<Group[]> {
  const { pairs, seconds } = bench.quick ? quick : full;
  const market = await createMarket(bench.databaseUrl, { users: pairs * 2, pairs });
  const [engine = 'node'] = bench.engines;
  try {
    return await measureOn(market, { node: bench.node, engine, seconds });
  } finally {
    await market.close();
  }
}

async function measureOn(market: BenchMarket, load: MessageLoad): Promise<Group[]> {
  const { node, engine, seconds } = load;
  const server = await startChild('soko', { node, env: { ...market.env, GATEWAY_ENGINE: engine } });
  try {
    const talks = await many(market.pairs.length, (index) => connectPair(server.url, market.pairs[index]!, index));
    // Until the server is compiled and warm.
    await sendFor(talks, Math.min(4, seconds / 2));
    // Only now there is a message to copy.
    const pgbench = await preparePgbench(market);
    const rounds: Round[] = [];
    // In turns, so that both meet the same moods of the machine.
    for (let round = 0; round < 2; round += 1) {
      const cpuBefore = await server.ask<number>({ name: 'cpu' });
      const perSecond = await sendFor(talks, seconds / 2);
      const cpuMs = (await server.ask<number>({ name: 'cpu' })) - cpuBefore;
      const base = pgbench && (await pgbench({ seconds: seconds / 2, clients: 16 }));
      rounds.push({ perSecond, base, cpuMsEach: cpuMs / (perSecond * (seconds / 2)) });
    }
    const lags = await lagsOf(talks, seconds);
    for (const { wires } of talks) for (const wire of wires) wire.close();
    return [throughput(rounds, engine), delays(lags)];
  } finally {
    await server.stop();
  }
}

interface Round {
  readonly perSecond: number;
  /** Transactions a second of pgbench; null without it. */
  readonly base: number | null;
  readonly cpuMsEach: number;
}

/** The best round of each: what else the machine does only takes away. */
function throughput(rounds: readonly Round[], engine: string): Group {
  const perSecond = Math.max(...rounds.map((round) => round.perSecond));
  const cpuMsEach = Math.min(...rounds.map((round) => round.cpuMsEach));
  const base = Math.max(...rounds.map((round) => round.base ?? 0));
  const what = `Soko messages.send, engine ${engine}, ${inFlight} in flight`;
  const soko = { what, value: `${perSecond.toFixed(0)} a second` };
  const cpu = { what: '  of it, CPU of the server process', value: `${cpuMsEach.toFixed(2)} ms each` };
  if (base === 0) return { title: 'Messages', results: [soko, cpu], notes: ['pgbench is not installed: no yardstick'] };
  const ratio = perSecond / base;
  const yardstick = 'pgbench, the same writes as prepared statements, 16 clients';
  return {
    title: 'Messages: send, on the same PostgreSQL',
    results: [
      { what: yardstick, value: `${base.toFixed(0)} a second` },
      { ...soko, ratio: `${ratio.toFixed(2)} × pgbench`, aim: `≥ ${aimShare} × pgbench`, met: ratio >= aimShare },
      cpu,
    ],
  };
}

function delays({ lags, perSecond, refused }: Lags): Group {
  const [p50, p99] = [percentile(lags, 0.5), percentile(lags, 0.99)];
  return {
    title: `From commit to the other side's socket, ${lags.length} messages at ${lagPerSecond} a second`,
    results: [
      { what: 'p50', value: `${p50.toFixed(1)} ms`, aim: '< 2 ms', met: p50 < 2 },
      { what: 'p99', value: `${p99.toFixed(1)} ms`, aim: '< 10 ms', met: p99 < 10 },
      { what: '  refused', value: String(refused), aim: '0', met: refused === 0 },
      { what: '  reached', value: `${perSecond.toFixed(0)} a second` },
    ],
    notes: ["counted from the event's own time, read in the transaction before its writes: the commit itself is in it"],
  };
}

async function connectPair(url: string, { conversationId, people }: Pair, index: number): Promise<Talk> {
  const connect = (side: 0 | 1) =>
    Wire.connect(url, { auth: { token: people[side].token }, ip: addressOf(index * 2 + side), awaitReady: true });
  return { conversationId, wires: [await connect(0), await connect(1)] };
}

/** Keeps a fixed number of sends in flight, over all conversations in turn; returns how many a second were answered. */
async function sendFor(talks: readonly Talk[], seconds: number): Promise<number> {
  const startedAt = performance.now();
  const endsAt = startedAt + seconds * 1_000;
  let sent = 0;
  let done = 0;
  const worker = async () => {
    while (performance.now() < endsAt) {
      const talk = talks[sent % talks.length]!;
      const wire = talk.wires[Math.floor(sent / talks.length) % 2 === 0 ? 0 : 1];
      sent += 1;
      await send(wire, talk.conversationId);
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return (done * 1_000) / (performance.now() - startedAt);
}

interface Lags {
  /** Milliseconds from each event's time to its arrival. */
  readonly lags: readonly number[];
  readonly perSecond: number;
  /** Messages that the server, asked for more than it can do, did not take. */
  readonly refused: number;
}

/** A steady stream: each message goes out at its time, whether or not the one before was answered. */
async function lagsOf(talks: readonly Talk[], seconds: number): Promise<Lags> {
  const lags: number[] = [];
  for (const { wires } of talks) {
    wires[1].onFrame = (frame, atMs) => {
      const at = /"type":"message\.sent","at":"([^"]+)"/.exec(frame)?.[1];
      if (at !== undefined) lags.push(atMs - Date.parse(at));
    };
  }
  const count = seconds * lagPerSecond;
  let refused = 0;
  const startedAt = performance.now();
  await many(
    count,
    async (index) => {
      const dueAt = startedAt + (index * 1_000) / lagPerSecond;
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueAt - performance.now())));
      const { wires, conversationId } = talks[index % talks.length]!;
      const { ok } = await wires[0].call('messages.send', { conversationId, kind: 'text', text });
      if (!ok) refused += 1;
    },
    lagInFlightMax,
  );
  const perSecond = (count * 1_000) / (performance.now() - startedAt);
  // The slowest ones belong to the answer as well.
  for (let waitedMs = 0; lags.length < count - refused; waitedMs += 20) {
    if (waitedMs > arriveTimeoutMs) throw new Error(`${count - refused - lags.length} messages did not arrive`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return { lags, perSecond, refused };
}

async function send(wire: Wire, conversationId: string): Promise<void> {
  const reply = await wire.call('messages.send', { conversationId, kind: 'text', text });
  if (!reply.ok) throw new Error(`messages.send: ${reply.error?.code}`);
}
