import { setTimeout as delay } from 'node:timers/promises';
import type { Bench } from '../bench.ts';
import { startChild } from '../child.ts';
import type { Group, Result } from '../report.ts';
import { addressOf, many, Wire } from '../wire.ts';

interface DeliverySize {
  readonly sockets: number;
  readonly rounds: number;
  readonly eventsPerRound: number;
}

const full: DeliverySize = { sockets: 1_000, rounds: 4, eventsPerRound: 50 };
const quick: DeliverySize = { sockets: 200, rounds: 1, eventsPerRound: 25 };

interface Target {
  readonly label: string;
  readonly script: 'raw-uws' | 'socket-io' | 'soko-rooms';
  readonly args?: readonly string[];
}

const eventBytes = 300;
// Below the rate at which a room's events share frames: every event is a frame of its own, for everyone.
const perSecond = 25;
const aimRatio = 1.15;
const rawFramed = 'raw uWebSockets.js, the same frames';

/** CPU per delivery in one room full of sockets. */
export async function measureDelivery(bench: Bench): Promise<Group[]> {
  const { node } = bench;
  const size = bench.quick ? quick : full;
  const uws = bench.engines.includes('uws');
  const targets: Target[] = [
    ...(uws ? [{ label: 'raw uWebSockets.js, the bare text', script: 'raw-uws' as const }] : []),
    ...(uws ? [{ label: rawFramed, script: 'raw-uws' as const, args: ['framed'] }] : []),
    { label: 'Socket.IO on ws', script: 'socket-io' },
    ...(uws ? [{ label: 'Soko, engine uws', script: 'soko-rooms' as const, args: ['uws'] }] : []),
    { label: 'Soko, engine node', script: 'soko-rooms', args: ['node'] },
  ];
  const costs = new Map<string, number>();
  for (const target of targets) costs.set(target.label, await costOf(target, size, node));
  const floor = costs.get(rawFramed);
  const plain = costs.get('Socket.IO on ws') ?? Number.NaN;
  const results = [...costs].map(([what, cost]): Result => {
    const value = `${cost.toFixed(2)} µs`;
    if (what === 'Soko, engine uws' && floor !== undefined) {
      return {
        what,
        value,
        ratio: `${(cost / floor).toFixed(2)} × the same frames`,
        aim: `≤ ${aimRatio} × the same frames raw`,
        met: cost / floor <= aimRatio,
      };
    }
    return { what, value, ratio: `${(cost / plain).toFixed(2)} × Socket.IO on ws` };
  });
  const load = `one room of ${size.sockets} sockets, ${eventBytes}-byte events, ${perSecond} a second`;
  const title = `CPU per delivery, ${load}`;
  return [
    { title, results, notes: uws ? [] : ['uWebSockets.js does not load here, so there is no raw uWS to compare with'] },
  ];
}

/** Microseconds of the server's CPU time for one event to one socket; the best round counts: disturbance only adds. */
async function costOf({ script, args = [] }: Target, size: DeliverySize, node: string): Promise<number> {
  const server = await startChild(script, { node, args });
  try {
    const wires = await many(size.sockets, (index) => open(script, server.url, index));
    const burst = (events: number) => server.ask<number>({ name: 'burst', events, perSecond, bytes: eventBytes });
    await burst(10);
    const costs: number[] = [];
    for (let round = 0; round < size.rounds; round += 1) {
      for (const wire of wires) wire.received = 0;
      const cpuMs = await burst(size.eventsPerRound);
      await arrived(wires, size.eventsPerRound);
      costs.push((cpuMs * 1_000) / (size.eventsPerRound * size.sockets));
    }
    for (const wire of wires) wire.close();
    return Math.min(...costs);
  } finally {
    await server.stop();
  }
}

async function open(script: Target['script'], url: string, index: number): Promise<Wire> {
  if (script === 'raw-uws') return Wire.listen(url);
  const wire = await Wire.connect(url, { ip: addressOf(index), awaitReady: script === 'soko-rooms' });
  if (script === 'soko-rooms') await wire.call('rooms.join', { room: 'bench:room' });
  return wire;
}

/** A cost only counts when everything was delivered. */
async function arrived(wires: readonly Wire[], events: number): Promise<void> {
  for (let waitedMs = 0; waitedMs < 5_000; waitedMs += 50) {
    if (wires.every(({ received }) => received >= events)) return;
    await delay(50);
  }
  const missing = wires.reduce((sum, { received }) => sum + Math.max(0, events - received), 0);
  throw new Error(`${missing} deliveries did not arrive`);
}
