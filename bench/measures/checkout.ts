import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { accounts, postTransfer, type Account } from '../../src/domain/ledger/index.ts';
import { createListing } from '../../test/support/listings.ts';
import { transact } from '../../test/support/transact.ts';
import type { Bench } from '../bench.ts';
import { startChild } from '../child.ts';
import { createMarket, type BenchMarket } from '../market.ts';
import { runPgbench } from '../pgbench.ts';
import { recordStatements, toPgbench } from '../recorded.ts';
import type { Group } from '../report.ts';
import { addressOf, many, Wire } from '../wire.ts';

const full = { buyers: 400, sellers: 100, seconds: 6 };
const quick = { buyers: 60, sellers: 20, seconds: 2 };
const inFlight = 16;
const aimShare = 0.4;
const priceMinor = 2_500;
const walletMinor = 1_000_000_000;

/** Whole purchases a second beside the same statements by pgbench, and transfers into one account a second. */
export async function measureCheckout(bench: Bench): Promise<Group[]> {
  const size = bench.quick ? quick : full;
  const market = await createMarket(bench.databaseUrl, { users: size.buyers + size.sellers, pairs: 0 });
  try {
    const town = await settle(market, size.sellers);
    return [await purchases(bench, { market, ...town, seconds: size.seconds }), await hotAccount(market, size.seconds)];
  } finally {
    await market.close();
  }
}

type User = BenchMarket['users'][number];

/** Listings with stock for everyone, and buyers with money in their wallets. */
async function settle(market: BenchMarket, sellers: number): Promise<{ buyers: User[]; listingIds: string[] }> {
  const { harness, users } = market;
  const fields = { quantity: 100_000, priceMinor, currency: 'USD' };
  const listings = await many(sellers, (index) => createListing(harness, users[index]!, fields), 8);
  const buyers = users.slice(sellers);
  await many(buyers.length, (index) => give(market, accounts.available(buyers[index]!.actor.userId), walletMinor), 8);
  return { buyers, listingIds: listings.map(({ id }) => id) };
}

function give({ harness }: BenchMarket, account: Account, amountMinor: number): Promise<string> {
  const postings = [
    { account: accounts.promo, amountMinor: -amountMinor },
    { account, amountMinor },
  ];
  const reference = crypto.randomUUID();
  return transact(harness, (tx) => postTransfer(tx, { kind: 'promo.credit', reference, currency: 'USD', postings }));
}

/** Paid out of the wallet, so that placing, holding, selling and funding the escrow are one command. */
const wish = (listingId: string) => ({
  listingId,
  quantity: 1,
  delivery: { method: 'pickup' },
  paymentMethod: 'wallet',
  walletMinor: priceMinor,
});

interface Town {
  readonly market: BenchMarket;
  readonly buyers: readonly User[];
  readonly listingIds: readonly string[];
  readonly seconds: number;
}

async function purchases(bench: Bench, town: Town): Promise<Group> {
  const { market, buyers, listingIds, seconds } = town;
  const pgbench = await preparePgbench(town);
  const [engine = 'node'] = bench.engines;
  const server = await startChild('soko', { node: bench.node, env: { ...market.env, GATEWAY_ENGINE: engine } });
  try {
    const wires = await many(buyers.length, (index) =>
      Wire.connect(server.url, { auth: { token: buyers[index]!.token }, ip: addressOf(index), awaitReady: true }),
    );
    const buy = () => buyFor({ wires, listingIds, seconds: seconds / 2 });
    await buy();
    const rounds: { soko: number; base: number | null }[] = [];
    // In turns, so that both meet the same moods of the machine.
    for (let round = 0; round < 2; round += 1) rounds.push({ soko: await buy(), base: await pgbench() });
    for (const wire of wires) wire.close();
    return groupOf(rounds, engine);
  } finally {
    await server.stop();
  }
}

async function buyFor({
  wires,
  listingIds,
  seconds,
}: {
  wires: readonly Wire[];
  listingIds: readonly string[];
  seconds: number;
}): Promise<number> {
  const startedAt = performance.now();
  const endsAt = startedAt + seconds * 1_000;
  let next = 0;
  let done = 0;
  const worker = async () => {
    while (performance.now() < endsAt) {
      const index = next++;
      const reply = await wires[index % wires.length]!.call(
        'orders.place',
        wish(listingIds[index % listingIds.length]!),
      );
      const { state } = (reply.data ?? {}) as { state?: string };
      if (state !== 'placed') throw new Error(`orders.place: ${reply.error?.code ?? state}`);
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return (done * 1_000) / (performance.now() - startedAt);
}

/** Records one purchase and makes a script of it; null where pgbench is not installed. */
async function preparePgbench(town: Town): Promise<() => Promise<number | null>> {
  const { market, buyers, listingIds, seconds } = town;
  const [buyer, listingId] = [buyers[0]!, listingIds[0]!];
  await market.harness.ok(buyer, 'orders.place', wish(listingId));
  const statements = await recordStatements(() => market.harness.ok(buyer, 'orders.place', wish(listingId)));
  const from = { [buyer.id]: 'buyer', [market.users[0]!.id]: 'seller', [listingId]: 'listing' };
  const script = join(market.env.DATA_DIR!, 'checkout.sql');
  await writeFile(script, toPgbench(statements, { table: 'bench_town', from }));
  const client = new pg.Client({ connectionString: market.databaseUrl });
  await client.connect();
  await client.query(`
    create table bench_town as
    select row_number() over ()::int as n, buyer.id as buyer, listing.seller_id as seller, listing.id as listing
    from unnest('{${buyers.map(({ id }) => id).join(',')}}'::uuid[]) with ordinality buyer (id, place)
    join (select *, row_number() over () as place from listing) listing
      on listing.place = buyer.place % ${listingIds.length} + 1;
    alter table bench_town add primary key (n);
    analyze;`);
  await client.end();
  const load = { script, databaseUrl: market.databaseUrl, seconds: seconds / 2, clients: inFlight };
  return () => runPgbench({ ...load, variables: { rows: buyers.length }, protocol: 'simple' });
}

function groupOf(rounds: readonly { soko: number; base: number | null }[], engine: string): Group {
  const soko = Math.max(...rounds.map((round) => round.soko));
  const base = Math.max(...rounds.map((round) => round.base ?? 0));
  const line = {
    what: `Soko orders.place paid from the wallet, engine ${engine}`,
    value: `${soko.toFixed(0)} a second`,
  };
  const title = `Checkouts: placed, paid, sold and in escrow, ${inFlight} in flight`;
  if (base === 0) return { title, results: [line], notes: ['pgbench is not installed: no yardstick'] };
  const ratio = soko / base;
  return {
    title,
    results: [
      { what: 'pgbench, the statements of one checkout', value: `${base.toFixed(0)} a second` },
      { ...line, ratio: `${ratio.toFixed(2)} × pgbench`, aim: `≥ ${aimShare} × pgbench`, met: ratio >= aimShare },
    ],
  };
}

/** The account of fees has rows for as many connections; a person's has one, for whose lock everybody waits. */
async function hotAccount(market: BenchMarket, seconds: number): Promise<Group> {
  const [cold] = market.users;
  const into = async (account: Account) => {
    let done = 0;
    const startedAt = performance.now();
    const endsAt = startedAt + (seconds * 1_000) / 2;
    const worker = async (index: number) => {
      const payer = accounts.available(market.users[market.users.length - 1 - index]!.actor.userId);
      while (performance.now() < endsAt) {
        const postings = [
          { account: payer, amountMinor: -1 },
          { account, amountMinor: 1 },
        ];
        const transfer = { kind: 'take.earn', reference: crypto.randomUUID(), currency: 'USD', postings } as const;
        await transact(market.harness, (tx) => postTransfer(tx, transfer));
        done += 1;
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_, index) => worker(index)));
    return (done * 1_000) / (performance.now() - startedAt);
  };
  await into(accounts.fees);
  const sharded = await into(accounts.fees);
  const single = await into(accounts.available(cold!.actor.userId));
  return {
    title: 'Transfers into one account, from 8 payers at once',
    results: [
      { what: 'the account of fees, in 16 rows', value: `${sharded.toFixed(0)} a second` },
      { what: 'a wallet, in one row', value: `${single.toFixed(0)} a second` },
    ],
  };
}
