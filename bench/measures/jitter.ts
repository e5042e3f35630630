import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Bench } from '../bench.ts';
import { comeBack, type Client } from '../clients.ts';
import { openSystems, type System } from '../jittered.ts';
import { percentile, type Group, type Result } from '../report.ts';
import { many, nowMs, type Wire } from '../wire.ts';

export interface JitterSize {
  readonly clients: number;
  readonly broadcasts: number;
  readonly everyMs: number;
  /** About how long a client is connected between two cuts. */
  readonly cutEveryMs: number;
}

const full: JitterSize = { clients: 2_000, broadcasts: 120, everyMs: 500, cutEveryMs: 15_000 };
const quick: JitterSize = { clients: 100, broadcasts: 12, everyMs: 500, cutEveryMs: 3_000 };
const offlineWindowsMs = [2_000, 1_000];
/** What has not come this long after the last client is back counts as lost. */
const settleMs = 10_000;
const replayAimMs = 1_100;

/**
 * Everyone hears numbered broadcasts at a steady pace while each client's network is cut again and again: the profile
 * of the public benchmark of AnyCable and Node servers, at a smaller size.
 */
export async function measureJitter(bench: Bench): Promise<Group[]> {
  const size = bench.quick ? quick : full;
  const found = offlineWindowsMs.map((offlineMs) => ({ offlineMs, results: [] as Result[] }));
  for await (const system of openSystems(bench, size.clients)) {
    for (const { offlineMs, results } of found) {
      results.push(...resultsOf(system, await run(system, { ...size, offlineMs }), offlineMs));
    }
  }
  return found.map(({ offlineMs, results }) => ({
    title:
      `Jitter: ${size.clients} clients, each cut every ~${size.cutEveryMs / 1_000} s and away for ` +
      `${offlineMs / 1_000} s, ${size.broadcasts} broadcasts, ${1_000 / size.everyMs} a second`,
    results,
    notes: [
      'replay: from when the client may reach a server again (or from publishing, if later) to having what it missed',
      'all: from publishing to having it, every delivery; what was published while away is at least that old',
    ],
  }));
}

type Run = JitterSize & { readonly offlineMs: number };

interface Outcome {
  readonly tally: Tally;
  readonly cuts: number;
  readonly refusals: number;
  /** Of all servers of the system, from the first broadcast on. */
  readonly cpuMs: number;
  readonly elapsedMs: number;
  readonly clients: readonly Client[];
}

async function run(system: System, size: Run): Promise<Outcome> {
  const tally = new Tally(size);
  const clients = Array.from({ length: size.clients }, (_, index) =>
    system.client(index, (event, atMs) => {
      const number = system.numberOf(event);
      if (number !== null) tally.hear(index, number, atMs);
    }),
  );
  const counts = { cuts: 0, refusals: 0 };
  const wires = await many(size.clients, (index) => clients[index]!.open(urlFor(system, index)), 64);
  const [cpuBefore, startedAt] = [await cpuOf(system), performance.now()];
  const ending = new AbortController();
  setMaxListeners(0, ending.signal);
  const roaming = wires.map((wire, index) =>
    roam({ system, size, tally, counts, client: clients[index]!, index, ended: ending.signal }, wire),
  );
  await publish(system, size, tally);
  ending.abort();
  const last = await Promise.all(roaming);
  for (let waitedMs = 0; waitedMs < settleMs && !tally.complete; waitedMs += 50) await delay(50);
  const [cpuMs, elapsedMs] = [(await cpuOf(system)) - cpuBefore, performance.now() - startedAt];
  for (const wire of last) wire.close();
  return { tally, clients, cpuMs, elapsedMs, ...counts };
}

/** The next one starts when the one before is accepted, so that their order is known. */
async function publish(system: System, { broadcasts, everyMs }: Run, tally: Tally): Promise<void> {
  const startedAt = performance.now();
  for (let number = 0; number < broadcasts; number += 1) {
    await delay(Math.max(0, startedAt + number * everyMs - performance.now()));
    tally.sentAt[number] = nowMs();
    await system.broadcast(number);
  }
  await delay(everyMs);
}

interface Roaming {
  readonly system: System;
  readonly size: Run;
  readonly tally: Tally;
  readonly counts: { cuts: number; refusals: number };
  readonly client: Client;
  readonly index: number;
  readonly ended: AbortSignal;
}

/** One client's life: connected, cut, away, back. Ends connected. */
async function roam({ system, size, tally, counts, client, index, ended }: Roaming, first: Wire): Promise<Wire> {
  const { cutEveryMs, offlineMs } = size;
  let wire = first;
  let connectedMs = cutEveryMs / 3 + Math.random() * cutEveryMs;
  while (!ended.aborted) {
    const timer = delay(connectedMs, true, { signal: ended }).catch(() => false);
    const isCut = await Promise.race([timer, wire.closed.then(() => true)]);
    if (!isCut) break;
    wire.close();
    counts.cuts += 1;
    tally.away(index);
    await delay(offlineMs);
    tally.reachable(index);
    // A balancer sends it to any node.
    const back = await comeBack(client, () => urlFor(system, Math.floor(Math.random() * system.nodes.length)));
    tally.back(index);
    counts.refusals += back.refusals;
    wire = back.wire;
    connectedMs = cutEveryMs + (Math.random() * cutEveryMs) / 3;
  }
  return wire;
}

async function cpuOf({ nodes }: System): Promise<number> {
  const each = await Promise.all(nodes.map((node) => node.ask<number>({ name: 'cpu' })));
  return each.reduce((sum, cpuMs) => sum + cpuMs, 0);
}

function urlFor({ nodes }: System, index: number): string {
  return nodes[index % nodes.length]!.url;
}

/** What every client heard, and when. */
class Tally {
  readonly sentAt: number[] = [];
  readonly latencies: number[] = [];
  readonly replays: number[] = [];
  twice = 0;
  outOfOrder = 0;
  #heard = 0;
  readonly #size: JitterSize;
  readonly #seen: Uint8Array;
  readonly #latest: Int32Array;
  readonly #reachableAt: Float64Array;
  /** From then on events come live; what was published before came as a replay. */
  readonly #backAt: Float64Array;

  constructor(size: JitterSize) {
    this.#size = size;
    this.#seen = new Uint8Array(size.clients * size.broadcasts);
    this.#latest = new Int32Array(size.clients).fill(-1);
    this.#reachableAt = new Float64Array(size.clients).fill(Infinity);
    this.#backAt = new Float64Array(size.clients);
  }

  hear(index: number, number: number, atMs: number): void {
    const sentAt = this.sentAt[number];
    if (sentAt === undefined) return;
    const place = index * this.#size.broadcasts + number;
    if (this.#seen[place]) {
      this.twice += 1;
      return;
    }
    this.#seen[place] = 1;
    this.#heard += 1;
    if (number < this.#latest[index]!) this.outOfOrder += 1;
    else this.#latest[index] = number;
    this.latencies.push(atMs - sentAt);
    const reachableAt = this.#reachableAt[index]!;
    if (sentAt < this.#backAt[index]! && reachableAt < Infinity) {
      this.replays.push(atMs - Math.max(sentAt, reachableAt));
    }
  }

  away(index: number): void {
    this.#backAt[index] = Infinity;
    this.#reachableAt[index] = Infinity;
  }

  reachable(index: number): void {
    this.#reachableAt[index] = nowMs();
  }

  back(index: number): void {
    this.#backAt[index] = nowMs();
  }

  get share(): number {
    return this.#heard / (this.#size.clients * this.#size.broadcasts);
  }

  get complete(): boolean {
    return this.#heard === this.#size.clients * this.#size.broadcasts;
  }
}

function resultsOf({ label, isOurs }: System, outcome: Outcome, offlineMs: number): Result[] {
  const { tally, cuts, refusals, clients, cpuMs, elapsedMs } = outcome;
  const aim = (text: string, met: boolean) => (isOurs ? { aim: text, met } : {});
  const { twice, outOfOrder, replays, latencies } = tally;
  // A share is never rounded up to everything.
  const percent = tally.complete ? '100' : Math.min(99.999, tally.share * 100).toFixed(3);
  const results: Result[] = [
    { what: label, value: `${percent} %`, ratio: `${cuts} cuts`, ...aim('100 %', tally.complete) },
    {
      what: '  twice, out of order',
      value: `${twice}, ${outOfOrder}`,
      ...aim('0, 0', twice + outOfOrder === 0),
    },
  ];
  if (replays.length > 0) {
    const p99 = percentile(replays, 0.99);
    results.push({
      what: `  replay of ${replays.length}, p95, p99`,
      value: `${seconds(percentile(replays, 0.95))}, ${seconds(p99)} s`,
      ...aim(`p99 < ${replayAimMs / 1_000} s`, p99 < replayAimMs),
    });
  }
  const p99 = percentile(latencies, 0.99);
  results.push({
    what: '  all, p95, p99',
    value: `${seconds(percentile(latencies, 0.95))}, ${seconds(p99)} s`,
    // Nobody can have within 1.1 s of publishing what was published 2 s before coming back.
    ...(offlineMs < replayAimMs ? aim(`p99 < ${replayAimMs / 1_000} s`, p99 < replayAimMs) : {}),
  });
  const sum = (field: 'dropped' | 'pulls' | 'restarts') =>
    clients.reduce((total, { rule }) => total + (rule?.[field] ?? 0), 0);
  results.push({ what: '  CPU of the servers', value: `${((cpuMs / elapsedMs) * 100).toFixed(0)} % of a core` });
  if (isOurs) {
    const mended = `${sum('dropped')}, ${sum('pulls')}, ${sum('restarts')}, ${refusals}`;
    results.push({ what: '  dropped by number, gaps pulled, started anew, refused', value: mended });
  }
  return results;
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(2);
}
