import { startChild, type Child } from './child.ts';
import type { BenchMarket } from './market.ts';

/** What every measure is given. */
export interface Bench {
  /** The Node that runs the servers: one that loads uWebSockets.js where there is one. */
  readonly node: string;
  /** `uws` first, where it loads. */
  readonly engines: readonly ('uws' | 'node')[];
  /** Only show that it runs. */
  readonly quick: boolean;
  /** How long the soak lasts, where it was said. */
  readonly seconds: number | undefined;
  /** How many orders expire, where it was said. */
  readonly count: number | undefined;
  readonly databaseUrl: string;
  readonly redisUrl: string;
}

/** Whole servers of one cluster on Redis and the market's database, on the faster engine. */
export function startNodes(bench: Bench, market: BenchMarket, count: number): Promise<Child[]> {
  const [engine = 'node'] = bench.engines;
  const start = (index: number) =>
    startChild('soko', {
      node: bench.node,
      env: { ...market.env, REDIS_URL: bench.redisUrl, GATEWAY_ENGINE: engine, NODE_ID: `bench-${index}` },
    });
  return Promise.all(Array.from({ length: count }, (_, index) => start(index)));
}

/** Plain Socket.IO nodes that share a Redis by the adapter named, or one alone in memory. */
export function startSocketIo(
  bench: Bench,
  { adapter, recovery, count }: { adapter: 'memory' | 'redis' | 'streams'; recovery: boolean; count: number },
): Promise<Child[]> {
  const args = [adapter, ...(recovery ? ['recovery'] : [])];
  const start = () => startChild('socket-io', { node: bench.node, args, env: { REDIS_URL: bench.redisUrl } });
  return Promise.all(Array.from({ length: count }, start));
}

export async function stopAll(nodes: readonly Child[]): Promise<void> {
  await Promise.all(nodes.map((node) => node.stop()));
}
