import { Redis } from 'ioredis';
import { waitFor } from '../support/services/held-process.ts';
import type { Cluster } from './cluster.ts';
import { pause } from './load.ts';
import type { ClusterNode } from './node.ts';
import type { Participant } from './participant.ts';
import type { Random } from './random.ts';

/** What faults are done to, and which parts are broken now: one fault at a time for each. */
interface Scene {
  readonly cluster: Cluster;
  readonly people: readonly Participant[];
  readonly random: Random;
  readonly broken: Set<object>;
}

/** Breaks something and mends it again; false when there is nothing left to break. */
type Fault = (scene: Scene) => Promise<boolean>;

/** Long enough for a node to wait for a database that is away too. */
const startWithinMs = 60_000;

const faults: Readonly<Record<string, Fault>> = {
  'node SIGKILL': (scene) =>
    withNode(scene, async (node) => {
      await node.kill();
      await pause(scene.random.between(200, 3_000));
      await waitFor(() => node.start(), startWithinMs);
    }),
  'node SIGSTOP': (scene) =>
    withNode(scene, async (node) => {
      node.freeze();
      await pause(scene.random.between(3_000, 12_000));
      node.wake();
    }),
  'Redis SIGKILL': (scene) =>
    withPart(scene, scene.cluster.redis, async (redis) => {
      await redis.kill();
      await pause(scene.random.between(200, 5_000));
      await redis.start();
    }),
  'Redis FLUSHALL': (scene) =>
    withPart(scene, scene.cluster.redis, async ({ url }) => {
      const redis = new Redis(url);
      await redis.flushall();
      redis.disconnect();
    }),
  'PostgreSQL restart': (scene) =>
    withPart(scene, scene.cluster.postgres, async (postgres) => {
      await (scene.random.next() < 0.5 ? postgres.kill() : postgres.stop());
      await pause(scene.random.between(0, 2_000));
      await postgres.start();
    }),
  'socket cut': async ({ people, random }) => {
    for (const { line } of someOf(people, random)) line.cut();
    return true;
  },
  'slow reader': async ({ people, random }) => {
    const slow = someOf(people, random);
    for (const { line } of slow) line.stall();
    await pause(random.between(3_000, 12_000));
    for (const { line } of slow) line.flow();
    return true;
  },
};

/** At least one node is left to the balancer. */
async function withNode(scene: Scene, run: (node: ClusterNode) => Promise<void>): Promise<boolean> {
  const up = scene.cluster.nodes.filter(({ state }) => state === 'up');
  return up.length >= 2 && withPart(scene, scene.random.one(up), run);
}

async function withPart<Part extends object>(
  { broken }: Scene,
  part: Part,
  run: (part: Part) => Promise<void>,
): Promise<boolean> {
  if (broken.has(part)) return false;
  broken.add(part);
  await run(part);
  broken.delete(part);
  return true;
}

/** A random tenth, one at least. */
function someOf(people: readonly Participant[], random: Random): Participant[] {
  const count = Math.max(1, Math.round(people.length / 10));
  return Array.from({ length: count }, () => random.one(people));
}

/**
 * A fault every few seconds, overlapping, of every kind in turn in a random order, until the time is over. Resolves
 * with how many there were of each kind when everything has been mended.
 */
export async function injectFaults(
  parts: Omit<Scene, 'broken'>,
  { durationMs, everyMs }: { durationMs: number; everyMs: number },
): Promise<Map<string, number>> {
  const scene: Scene = { ...parts, broken: new Set() };
  const counts = new Map(Object.keys(faults).map((kind) => [kind, 0]));
  const running: Promise<void>[] = [];
  const inject = async (kind: string, fault: Fault) => {
    if (await fault(scene)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  };
  const until = Date.now() + durationMs;
  for (let order: [string, Fault][] = []; Date.now() < until;) {
    if (order.length === 0) order = shuffled(Object.entries(faults), scene.random);
    running.push(inject(...order.pop()!));
    await pause(scene.random.between(0.5 * everyMs, 1.5 * everyMs));
  }
  await Promise.all(running);
  return counts;
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  return items
    .map((item) => ({ item, at: random.next() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
