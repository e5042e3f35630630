import type { Bench } from '../bench.ts';
import { startChild } from '../child.ts';
import { createMarket, type BenchMarket } from '../market.ts';
import { percentile, type Group } from '../report.ts';
import { addressOf, many, Wire } from '../wire.ts';
import { createListing } from '../../test/support/listings.ts';
import { pickup } from '../../test/orders/stall.ts';

const buyersCount = 64;
const roundsFull = 20;
const roundsQuick = 3;

/** 64 sockets ask for one last unit at the same moment, again and again. */
export async function measureLastUnit(bench: Bench): Promise<Group[]> {
  const market = await createMarket(bench.databaseUrl, { users: buyersCount + 1, pairs: 0 });
  try {
    return [await fight(bench, market)];
  } finally {
    await market.close();
  }
}

async function fight(bench: Bench, market: BenchMarket): Promise<Group> {
  const [engine = 'node'] = bench.engines;
  const server = await startChild('soko', { node: bench.node, env: { ...market.env, GATEWAY_ENGINE: engine } });
  try {
    const [seller, ...buyers] = market.users;
    const wires = await many(buyers.length, (index) =>
      Wire.connect(server.url, { auth: { token: buyers[index]!.token }, ip: addressOf(index), awaitReady: true }),
    );
    const rounds = bench.quick ? roundsQuick : roundsFull;
    const tookMs: number[] = [];
    let unjust = 0;
    for (let round = 0; round < rounds; round += 1) {
      const { id: listingId } = await createListing(market.harness, seller!, { quantity: 1 });
      const since = performance.now();
      const replies = await Promise.all(
        wires.map((wire) => wire.call('orders.place', { listingId, quantity: 1, ...pickup })),
      );
      tookMs.push(performance.now() - since);
      const codes = replies.map(({ ok, error }) => (ok ? 'ok' : error?.code));
      const isJust =
        codes.filter((code) => code === 'ok').length === 1 &&
        codes.filter((code) => code === 'orders.out_of_stock').length === buyersCount - 1;
      if (!isJust) unjust += 1;
    }
    for (const wire of wires) wire.close();
    return groupOf(tookMs, unjust);
  } finally {
    await server.stop();
  }
}

function groupOf(tookMs: readonly number[], unjust: number): Group {
  return {
    title: `${buyersCount} buyers on one last unit, ${tookMs.length} rounds`,
    results: [
      { what: 'rounds without exactly one winner', value: String(unjust), aim: '0', met: unjust === 0 },
      { what: 'until the last answer, p50', value: `${percentile(tookMs, 0.5).toFixed(0)} ms` },
      { what: '  worst', value: `${Math.max(...tookMs).toFixed(0)} ms` },
    ],
  };
}
