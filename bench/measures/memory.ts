import { startChild } from '../child.ts';
import type { BenchMarket } from '../market.ts';
import type { Group, Result } from '../report.ts';
import { addressOf, many, Wire } from '../wire.ts';

const bytesPerKilobyte = 1_000;

/** Resident memory for each further socket that is signed in and idle, after garbage collection. */
export async function measureMemory(
  market: BenchMarket,
  { node, engines, warm }: { node: string; engines: readonly string[]; warm: number },
): Promise<Group> {
  const measured = market.users.length - warm;
  const results: Result[] = [];
  for (const engine of engines) {
    const perSocket = await costOf(market, { node, engine, warm });
    const value = `${perSocket.toFixed(1)} KB`;
    results.push({ what: `Soko, engine ${engine}`, value, aim: '≤ 20 KB', met: perSocket <= 20 });
  }
  return { title: `Memory per idle authenticated socket, ${measured} sockets of as many people`, results };
}

async function costOf(
  { users, env }: BenchMarket,
  { node, engine, warm }: { node: string; engine: string; warm: number },
): Promise<number> {
  const server = await startChild('soko', { node, env: { ...env, GATEWAY_ENGINE: engine } });
  try {
    const open = (from: number, count: number) =>
      many(count, (index) => {
        const token = users[from + index]?.token;
        return Wire.connect(server.url, { token, ip: addressOf(from + index), awaitReady: true });
      });
    // The first ones pay for compiled code, caches and pools.
    const first = await open(0, warm);
    const before = await server.ask<number>({ name: 'memory' });
    const rest = await open(warm, users.length - warm);
    const after = await server.ask<number>({ name: 'memory' });
    for (const wire of [...first, ...rest]) wire.close();
    return (after - before) / rest.length / bytesPerKilobyte;
  } finally {
    await server.stop();
  }
}
