import type { Bench } from '../bench.ts';
import { startChild } from '../child.ts';
import { createMarket, type BenchMarket } from '../market.ts';
import type { Group, Result } from '../report.ts';
import { addressOf, many, Wire } from '../wire.ts';

interface Memory {
  /** Resident bytes as they are. */
  readonly resident: number;
  /** Resident bytes after garbage collection. */
  readonly kept: number;
}

const full = { users: 2_000, pairs: 20, warm: 500 };
const quick = { users: 400, pairs: 10, warm: 100 };
const aimKilobytes = 14;

/** Memory for each further socket that is signed in, in a public room beside its inbox, and idle. */
export async function measureMemory(bench: Bench): Promise<Group[]> {
  const { users, pairs, warm } = bench.quick ? quick : full;
  const market = await createMarket(bench.databaseUrl, { users, pairs });
  const results: Result[] = [];
  try {
    for (const engine of bench.engines) {
      const { resident, kept } = await costOf(market, { node: bench.node, engine, warm });
      const aim = engine === 'uws' ? { aim: `≤ ${aimKilobytes} KB`, met: kept <= aimKilobytes * 1_000 } : {};
      results.push(
        { what: `Soko, engine ${engine}, kept after collection`, value: `${kilobytes(kept)} KB`, ...aim },
        { what: '  with the garbage of the handshakes, before it', value: `${kilobytes(resident)} KB` },
      );
    }
  } finally {
    await market.close();
  }
  const title = `Memory per idle authenticated socket in two rooms, ${users - warm} sockets of as many people`;
  return [{ title, results, notes: [`its inbox and one of ${pairs} rooms \`listing:<id>\``] }];
}

async function costOf(
  { users, pairs, env }: BenchMarket,
  { node, engine, warm }: { node: string; engine: string; warm: number },
): Promise<Memory> {
  const server = await startChild('soko', { node, env: { ...env, GATEWAY_ENGINE: engine } });
  try {
    const open = (from: number, count: number) =>
      many(count, async (index) => {
        const auth = { token: users[from + index]?.token };
        const wire = await Wire.connect(server.url, { auth, ip: addressOf(from + index), awaitReady: true });
        const { ok } = await wire.call('rooms.join', { room: `listing:${pairs[index % pairs.length]?.listingId}` });
        if (!ok) throw new Error('rooms.join failed');
        return wire;
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
