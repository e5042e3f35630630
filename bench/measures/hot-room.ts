import { setTimeout as delay } from 'node:timers/promises';
import type { Bench } from '../bench.ts';
import { startChild, type Child } from '../child.ts';
import { Drain } from '../drain.ts';
import { percentile, type Group, type Result } from '../report.ts';
import { addressOf, many, Wire } from '../wire.ts';

interface HotSize {
  readonly sockets: number;
  /** Sockets that read what they get; the others count bytes. */
  readonly readers: number;
  readonly seconds: number;
}

interface Target {
  readonly label: string;
  readonly script: 'raw-uws' | 'socket-io' | 'soko-rooms';
  readonly args?: readonly string[];
  /** Whether it is expected to keep up, so that its delays at the full rate mean something. */
  readonly batches: boolean;
}

interface Load {
  readonly size: HotSize;
  readonly node: string;
  readonly rate?: number;
}

interface Cost {
  readonly eventsPerCpuSecond: number;
  /** Milliseconds from publishing to arrival at the readers. */
  readonly delays: readonly number[];
}

const full: HotSize = { sockets: 1_000, readers: 20, seconds: 5 };
const quick: HotSize = { sockets: 200, readers: 10, seconds: 1 };
const eventBytes = 300;
const perSecond = 1_000;
/** A rate at which nothing queues, to read the floor's own delay. */
const calmPerSecond = 25;
/** Whoever sends each event alone falls behind; its cost for an event is known after fewer of them. */
const aloneShare = 0.1;
const aimRatio = 5;
const aimAddedMs = 25;
const arriveTimeoutMs = 30_000;

/** One room at a rate that one process can only serve by batching. */
export async function measureHotRoom(bench: Bench): Promise<Group[]> {
  const size = bench.quick ? quick : full;
  const uws = bench.engines.includes('uws');
  const title = `Hot room: ${size.sockets} sockets, ${eventBytes}-byte events, ${perSecond} a second`;
  if (!uws) {
    return [{ title, results: [], notes: ['uWebSockets.js does not load here, so there is nothing to compare with'] }];
  }
  const load: Load = { size, node: bench.node };
  const raw: Target = { label: 'raw uWebSockets.js, each published alone', script: 'raw-uws', batches: false };
  const floor = await measure(raw, load);
  const calm = await measure(raw, { ...load, rate: calmPerSecond });
  const others: Target[] = [
    { label: 'Socket.IO on ws', script: 'socket-io', batches: false },
    { label: 'Soko, engine uws', script: 'soko-rooms', args: ['uws'], batches: true },
    { label: 'Soko, engine node', script: 'soko-rooms', args: ['node'], batches: true },
  ];
  const [p50, p99] = [percentile(calm.delays, 0.5), percentile(calm.delays, 0.99)];
  const results: Result[] = [
    { what: raw.label, value: `${floor.eventsPerCpuSecond.toFixed(0)} events per CPU-second` },
    { what: `  delay at ${calmPerSecond} a second, p50, p99`, value: `${p50.toFixed(1)}, ${p99.toFixed(1)} ms` },
  ];
  for (const target of others) {
    const cost = await measure(target, load);
    results.push(...resultsOf(target, cost, { floor, p50, p99 }));
  }
  return [
    {
      title,
      results,
      notes: [
        `raw uWS cannot send ${perSecond} events a second alone, so what is added is counted from its delay when calm`,
        'delays from publishing to arrival; half of the wait for a frame is in the p50, all of it in the p99',
      ],
    },
  ];
}

function resultsOf(
  target: Target,
  { eventsPerCpuSecond, delays }: Cost,
  { floor, p50, p99 }: { floor: Cost; p50: number; p99: number },
): Result[] {
  const ratio = eventsPerCpuSecond / floor.eventsPerCpuSecond;
  const isAimed = target.args?.[0] === 'uws';
  const results: Result[] = [
    {
      what: target.label,
      value: `${eventsPerCpuSecond.toFixed(0)} events per CPU-second`,
      ratio: `${ratio.toFixed(2)} × raw uWS`,
      ...(isAimed ? { aim: `≥ ${aimRatio} × raw uWS`, met: ratio >= aimRatio } : {}),
    },
  ];
  if (!target.batches) return results;
  const own = [percentile(delays, 0.5), percentile(delays, 0.99)] as const;
  const added = [own[0] - p50, own[1] - p99] as const;
  results.push({
    what: `  delay at ${perSecond} a second, p50, p99`,
    value: `${own[0].toFixed(1)}, ${own[1].toFixed(1)} ms`,
    ratio: `${added[0].toFixed(1)}, ${added[1].toFixed(1)} ms added`,
    ...(isAimed ? { aim: `≤ ${aimAddedMs} ms added`, met: Math.max(...added) <= aimAddedMs } : {}),
  });
  return results;
}

async function measure(target: Target, { size, node, rate = perSecond }: Load): Promise<Cost> {
  const { script, args = [], batches } = target;
  const server = await startChild(script, { node, args });
  try {
    const delays: number[] = [];
    const room = await fill(server, target, { size, delays });
    const send = async (events: number) => {
      await server.ask({ name: 'burst', events, perSecond: rate, bytes: eventBytes, stamped: true });
      await arrived(room, events);
    };
    // Until the path is compiled.
    await send(Math.ceil(rate / 10));
    room.reset();
    delays.length = 0;
    const events = Math.ceil(rate * size.seconds * (batches || rate < perSecond ? 1 : aloneShare));
    const before = await server.ask<number>({ name: 'cpu' });
    await send(events);
    const cpuMs = (await server.ask<number>({ name: 'cpu' })) - before;
    room.close();
    return { eventsPerCpuSecond: (events * 1_000) / cpuMs, delays };
  } finally {
    await server.stop();
  }
}

interface Room {
  /** Deliveries that are known not to have come yet. */
  missing(events: number): number;
  reset(): void;
  close(): void;
}

/** Readers stand evenly among the sockets, because a server serves them in the order in which they came. */
async function fill(
  server: Child,
  { script }: Target,
  { size, delays }: { size: HotSize; delays: number[] },
): Promise<Room> {
  const readers: Wire[] = [];
  const drains: Drain[] = [];
  const apart = Math.floor(size.sockets / size.readers);
  const onFrame = (frame: string, atMs: number) => {
    for (const [, at] of frame.matchAll(/@([\d.]+)@/g)) delays.push(atMs - Number(at));
  };
  await many(
    size.sockets,
    async (index) => {
      if (index % apart === 0) readers.push(await openReader(script, server.url, { index, onFrame }));
      else drains.push(await openDrain(script, server.url, index));
    },
    16,
  );
  const least = (events: number) => events * eventBytes;
  return {
    missing: (events) =>
      readers.reduce((sum, { received }) => sum + Math.max(0, events - received), 0) +
      drains.filter(({ bytes }) => bytes < least(events)).length,
    reset() {
      for (const reader of readers) reader.received = 0;
      for (const drain of drains) drain.start();
    },
    close() {
      for (const socket of [...readers, ...drains]) socket.close();
    },
  };
}

async function openReader(
  script: Target['script'],
  url: string,
  { index, onFrame }: { index: number; onFrame: (frame: string, atMs: number) => void },
): Promise<Wire> {
  if (script === 'raw-uws') return Wire.listen(url, onFrame);
  const wire = await Wire.connect(url, { ip: addressOf(index), awaitReady: script === 'soko-rooms', onFrame });
  if (script === 'soko-rooms') await wire.call('rooms.join', { room: 'bench:room' });
  return wire;
}

async function openDrain(script: Target['script'], url: string, index: number): Promise<Drain> {
  const path = script === 'raw-uws' ? '/' : '/socket.io/?EIO=4&transport=websocket';
  const drain = await Drain.open(url, path, addressOf(index));
  if (script !== 'raw-uws') {
    drain.send('40');
    await drain.until('40{');
  }
  if (script === 'soko-rooms') {
    await drain.until('42["ready"');
    drain.send(`420${JSON.stringify(['rooms.join', { room: 'bench:room' }])}`);
    await drain.until('430[');
  }
  drain.start();
  return drain;
}

async function arrived(room: Room, events: number): Promise<void> {
  for (let waitedMs = 0; waitedMs < arriveTimeoutMs; waitedMs += 20) {
    if (room.missing(events) === 0) return;
    await delay(20);
  }
  throw new Error(`${room.missing(events)} deliveries or sockets are missing after ${events} events`);
}
