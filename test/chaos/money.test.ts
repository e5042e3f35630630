import { afterAll, beforeAll, expect, test } from 'vitest';
import { readBooks } from '../support/books.ts';
import { judgeBooks } from '../support/judge-books.ts';
import { startCluster, type Cluster } from './cluster.ts';
import { openLine, type Line } from './line.ts';
import { pause } from './load.ts';
import type { ClusterNode } from './node.ts';
import { createRandom, type Random } from './random.ts';
import { Trading, type TradeCounts } from './trading.ts';

/** Small by default; longer on demand. The same seed draws the same kills. */
const seconds = Number(process.env.CHAOS_SECONDS ?? 40);
const seed = Number(process.env.CHAOS_SEED ?? Math.floor(Math.random() * 2 ** 31));
const buyersCount = Number(process.env.CHAOS_CLIENTS ?? 8);
const sellersCount = 3;
/** What a dead worker had claimed is free again after a minute, and after two when it died there twice. */
const quietWithinMs = 300_000;

let cluster: Cluster;
let balancer: Line;
beforeAll(async () => {
  console.log(`CHAOS_SEED=${seed} CHAOS_CLIENTS=${buyersCount} CHAOS_SECONDS=${seconds}`);
  let nodes: readonly ClusterNode[] = [];
  let turn = 0;
  balancer = await openLine(() => {
    const up = nodes.filter(({ state }) => state === 'up');
    turn += 1;
    return up[turn % Math.max(1, up.length)]?.port ?? null;
  });
  cluster = await startCluster(2, {
    PAYMENT_WINDOW: '6s',
    SANDBOX_CONFIRM_AFTER: '300ms',
    SANDBOX_WEBHOOK_URL: `${balancer.url}/v1/webhooks/sandbox`,
  });
  ({ nodes } = cluster);
});
afterAll(async () => {
  await cluster?.stop();
  await balancer?.close();
});

test(
  'attack 6: whoever is killed at whatever moment, no money and no unit is lost, stuck or unexplained',
  async () => {
    const random = createRandom(seed);
    const people = await cluster.people(buyersCount + sellersCount);
    const [sellers, buyers] = [people.slice(0, sellersCount), people.slice(sellersCount)];
    const trading = new Trading(balancer.url, random);
    const { stalls, stock } = await trading.open(sellers);
    const work = [
      ...buyers.map((buyer) => trading.buy(buyer, stalls)),
      ...sellers.map((seller) => trading.sell({ seller, codeOf })),
    ];
    const kills = await killFor(seconds * 1_000, createRandom(seed));
    trading.stop();
    await Promise.all(work);
    const quietAfterMs = await quiet();
    const books = await readBooks((text) => cluster.rows(text), null);
    console.log(tableOf(kills, trading.counts, { quietAfterMs, transfers: books.transfers.length }));
    expect(judgeBooks(books, { stock, isQuiet: true })).toEqual([]);
    expect(await unexplained()).toEqual([]);
    expect(trading.counts.refused.get('internal') ?? 0).toBe(0);
    // Nothing is shown by a market in which nobody could buy.
    expect([kills.size, books.transfers.length > kills.size]).toEqual([3, true]);
  },
  seconds * 1_000 + quietWithinMs + 60_000,
);

/** What the buyer would show at the counter. */
async function codeOf(orderId: string): Promise<string> {
  const rows = await cluster.rows<{ pickup_code: string }>(`select pickup_code from sub_order where id = '${orderId}'`);
  return rows[0]?.pickup_code ?? '000000';
}

/** Kills the worker or a gateway again and again, while one gateway is left, and starts it anew. */
async function killFor(durationMs: number, random: Random): Promise<Map<string, number>> {
  const kills = new Map<string, number>();
  const until = Date.now() + durationMs;
  const killing = [cluster.worker, ...cluster.nodes].map(async (node) => {
    await pause(random.between(500, 3_000));
    while (Date.now() < until) {
      if (cluster.nodes.includes(node) && cluster.nodes.filter(({ state }) => state === 'up').length < 2) {
        await pause(100);
        continue;
      }
      await node.kill();
      kills.set(node.name, (kills.get(node.name) ?? 0) + 1);
      await pause(random.between(0, 500));
      await node.start();
      await pause(random.between(200, 4_000));
    }
  });
  await Promise.all(killing);
  return kills;
}

const waiting = `
  select 'order past its deadline' as what, id::text from order_group where state = 'awaiting_payment'
  union all
  select 'refund owed', id::text from sub_order where refund_state in ('due', 'pending')
  union all
  select 'received and not completed', id::text from sub_order where state = 'received'
  union all
  select 'payment ' || state, id::text from payment
  where state in ('created', 'requires_action', 'processing', 'authorized', 'unknown')
  union all
  select 'refund ' || state, id::text from refund where state in ('approved', 'submitted', 'pending')
  union all
  select 'charge', id from sandbox_charge where status = 'processing'
  union all
  select 'report of the bank', id::text from sandbox_delivery where delivered_at is null and tries < 10
  union all
  select 'message of the bank', id::text from provider_event where outcome = 'pending'`;

/** Waits until nothing is under way any more; answers how long that took. */
async function quiet(): Promise<number> {
  const since = Date.now();
  for (;;) {
    const left = await cluster.rows<{ what: string; id: string }>(waiting);
    const tookMs = Date.now() - since;
    if (left.length === 0) return tookMs;
    if (tookMs > quietWithinMs) throw new Error(`still under way: ${JSON.stringify(left)}`);
    await pause(500);
  }
}

/** Captured money that is not in escrow, with the seller, on its way back or with the buyer again. */
function unexplained(): Promise<unknown[]> {
  return cluster.rows(`
    select p.id, p.captured_minor from payment p
    where p.captured_minor <> coalesce((
        select sum(part.amount_minor) from escrow_part part where part.source = 'payment' and part.source_id = p.id), 0)
      + coalesce((select sum(r.amount_minor) from refund r
        where r.payment_id = p.id
          and not exists (
            select from escrow_part part where part.source_id = p.id and part.order_id = r.order_id)), 0)`);
}

function tableOf(
  kills: ReadonlyMap<string, number>,
  { sent, ok, placed, refused }: TradeCounts,
  found: { quietAfterMs: number; transfers: number },
): string {
  const total = [...kills.values()].reduce((sum, count) => sum + count, 0);
  const lines: [string, number | string][] = [
    ...[...kills].map(([name, count]): [string, number] => [`${name} SIGKILL`, count]),
    ['kills', total],
    ['commands sent', sent],
    ['  answered ok', ok],
    ['  refused', [...refused].map(([code, count]) => `${code} ${count}`).join(', ') || 0],
    ['orders placed', placed],
    ['transfers in the ledger', found.transfers],
    ['seconds until all was quiet', (found.quietAfterMs / 1_000).toFixed(1)],
  ];
  return lines.map(([name, value]) => `${name.padEnd(28)} ${String(value).padStart(8)}`).join('\n');
}
