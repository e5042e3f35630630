import { startChild } from '../child.ts';
import type { BenchMarket } from '../market.ts';
import type { Group, Result } from '../report.ts';
import { addressOf, many, Wire } from '../wire.ts';

interface Memory {
  /** Resident bytes as they are. */
  readonly resident: number;
  /** Resident bytes after garbage collection. */
  readonly kept: number;
}

/** Memory for each further socket that is signed in and idle. */
export async function measureMemory(
  market: BenchMarket,
  { node, engines, warm }: { node: string; engines: readonly string[]; warm: number },
): Promise<Group> {
  const results: Result[] = [];
  for (const engine of engines) {
    const { resident, kept } = await costOf(market, { node, engine, warm });
    const value = `${kilobytes(kept)} KB`;
    results.push(
      { what: `Soko, engine ${engine}, kept after collection`, value, aim: '≤ 20 KB', met: kept <= 20_000 },
      { what: '  with the garbage of the handshakes, before it', value: `${kilobytes(resident)} KB` },
    );
  }
  const measured = market.users.length - warm;
  return { title: `Memory per idle authenticated socket, ${measured} sockets of as many people`, results };
}

async function costOf(
  { users, env }: BenchMarket,
  { node, engine, warm }: { node: string; engine: string; warm: number },
): Promise<Memory> {
  const server = await startChild('soko', { node, env: { ...env, GATEWAY_ENGINE: engine } });
  try {
    const open = (from: number, count: number) =>
      many(count, (index) => {
        const token = users[from + index]?.token;
        return Wire.connect(server.url, { token, ip: addressOf(from + index), awaitReady: true });
      });
    // The first ones pay for compiled code, caches and pools.
    const first = await open(0, warm);
    const before = await server.ask<Memory>({ name: 'memory' });
    const rest = await open(warm, users.length - warm);
    const after = await server.ask<Memory>({ name: 'memory' });
    for (const wire of [...first, ...rest]) wire.close();
    const perSocket = (bytes: number) => (bytes - before.kept) / rest.length;
    return { resident: perSocket(after.resident), kept: perSocket(after.kept) };
  } finally {
    await server.stop();
  }
}

function kilobytes(bytes: number): string {
  return (bytes / 1_000).toFixed(1);
}
