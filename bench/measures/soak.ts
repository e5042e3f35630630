import { setTimeout as delay } from 'node:timers/promises';
import { startNodes, stopAll, type Bench } from '../bench.ts';
import type { Child } from '../child.ts';
import { comeBack, inboxClient } from '../clients.ts';
import { createMarket, type BenchMarket } from '../market.ts';
import type { Group, Result } from '../report.ts';
import type { Wire } from '../wire.ts';

interface SoakSize {
  readonly pairs: number;
  readonly seconds: number;
  readonly sampleSeconds: number;
}

interface Sample {
  readonly minutes: number;
  /** Bytes after a collection. */
  readonly kept: number;
  readonly heap: number;
}

interface Counts {
  messages: number;
  joins: number;
  cuts: number;
  leaves: number;
  failed: number;
}

const full: SoakSize = { pairs: 250, seconds: 600, sampleSeconds: 10 };
const quick: SoakSize = { pairs: 25, seconds: 12, sampleSeconds: 1 };
/** The beginning is left out: compiled code, pools and caches fill. */
const warmShare = 0.2;
const aimPercent = 0.5;
/** Mean time between two things that one client does. */
const thinkMs = 2_000;

/** Minutes of coming, going, talking and looking around; then whether memory still grows. */
export async function measureSoak(bench: Bench): Promise<Group[]> {
  const size = bench.quick ? quick : full;
  const seconds = bench.seconds ?? size.seconds;
  const market = await createMarket(bench.databaseUrl, { users: size.pairs * 2, pairs: size.pairs });
  const nodes = await startNodes(bench, market, 1);
  try {
    const [server] = nodes;
    const counts: Counts = { messages: 0, joins: 0, cuts: 0, leaves: 0, failed: 0 };
    const ending = { isOver: false };
    const living = market.users.map((_, index) => live(market, server!, { index, counts, ending }));
    const samples = await sample(server!, seconds, size.sampleSeconds);
    ending.isOver = true;
    await Promise.all(living);
    return [groupOf(samples, counts, { clients: market.users.length, seconds })];
  } finally {
    await stopAll(nodes);
    await market.close();
  }
}

async function sample(server: Child, seconds: number, everySeconds: number): Promise<Sample[]> {
  const samples: Sample[] = [];
  const startedAt = performance.now();
  const warmMs = seconds * 1_000 * warmShare;
  for (let dueMs = warmMs; dueMs <= seconds * 1_000; dueMs += everySeconds * 1_000) {
    await delay(Math.max(0, startedAt + dueMs - performance.now()));
    const { kept, heap } = await server.ask<{ kept: number; heap: number }>({ name: 'memory' });
    samples.push({ minutes: (performance.now() - startedAt) / 60_000, kept, heap });
  }
  return samples;
}

interface Life {
  readonly index: number;
  readonly counts: Counts;
  readonly ending: { readonly isOver: boolean };
}

/** One person's client until the end: it talks, enters and leaves a room, loses its network, or goes for a while. */
async function live(market: BenchMarket, server: Child, { index, counts, ending }: Life): Promise<void> {
  const { users, pairs, harness } = market;
  const { userId, sessionId } = users[index]!.actor;
  const { conversationId } = pairs[Math.floor(index / 2)]!;
  const room = `listing:${pairs[index % pairs.length]!.listingId}`;
  // A fresh token each time, because a long soak outlives them.
  const arrive = () => inboxClient({ index, token: harness.tokens.signAccess({ userId, sessionId }), hear: () => {} });
  let client = arrive();
  let isInRoom = false;
  const open = async () => {
    isInRoom = false;
    return (await comeBack(client, () => server.url)).wire;
  };
  const call = async (wire: Wire, name: string, input: object) => {
    const { ok } = await wire.call(name, input);
    if (!ok) counts.failed += 1;
  };
  await delay(Math.random() * thinkMs);
  let wire = await open();
  while (!ending.isOver) {
    await delay(thinkMs * (0.5 + Math.random()));
    const choice = Math.random();
    if (choice < 0.5) {
      await call(wire, 'messages.send', { conversationId, kind: 'text', text: 'Is it still available?' });
      counts.messages += 1;
    } else if (choice < 0.75) {
      await call(wire, isInRoom ? 'rooms.leave' : 'rooms.join', { room });
      isInRoom = !isInRoom;
      counts.joins += 1;
    } else if (choice < 0.93) {
      wire.close();
      counts.cuts += 1;
      await delay(Math.random() * thinkMs);
      wire = await open();
    } else {
      wire.close();
      counts.leaves += 1;
      await delay(thinkMs * (2 + Math.random() * 2));
      client = arrive();
      wire = await open();
    }
  }
  wire.close();
}

function groupOf(
  samples: readonly Sample[],
  { messages, joins, cuts, leaves, failed }: Counts,
  { clients, seconds }: { clients: number; seconds: number },
): Group {
  return {
    title: `Soak: ${clients} clients for ${seconds} s of churn, ${samples.length} samples after a collection each`,
    results: [
      slopeOf('resident memory', samples, ({ kept }) => kept),
      slopeOf('heap in use', samples, ({ heap }) => heap),
      { what: 'calls that failed', value: String(failed), aim: '0', met: failed === 0 },
    ],
    notes: [
      `${messages} messages, ${joins} joins and leaves of rooms, ${cuts} cuts, ${leaves} goings and comings`,
      `the first ${warmShare * 100} % are left out`,
    ],
  };
}

/** Least squares. Growth counts when it is more than chance: above two standard errors of the slope. */
function slopeOf(what: string, samples: readonly Sample[], valueOf: (sample: Sample) => number): Result {
  const { slope, standardError, mean } = fit(samples.map((one) => [one.minutes, valueOf(one)]));
  const percent = (slope / mean) * 100;
  return {
    what,
    value: `${(slope / 1_000).toFixed(1)} ± ${(standardError / 1_000).toFixed(1)} KB a minute`,
    ratio: `${percent.toFixed(2)} % of ${(mean / 1_000_000).toFixed(1)} MB`,
    aim: `≤ 2 standard errors, or < ${aimPercent} % a minute`,
    met: slope <= 2 * standardError || percent < aimPercent,
  };
}

function fit(points: readonly (readonly [number, number])[]): { slope: number; standardError: number; mean: number } {
  const count = points.length;
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / count;
  const mean = points.reduce((sum, [, y]) => sum + y, 0) / count;
  const spread = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  const slope = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - mean), 0) / spread;
  const rest = points.reduce((sum, [x, y]) => sum + (y - mean - slope * (x - meanX)) ** 2, 0);
  return { slope, standardError: Math.sqrt(rest / (count - 2) / spread), mean };
}
