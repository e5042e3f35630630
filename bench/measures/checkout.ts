import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { accounts, postTransfer, type Account } from '../../src/domain/ledger/index.ts';
import { freePort } from '../../test/support/free-port.ts';
import { transact } from '../../test/support/transact.ts';
import type { Bench } from '../bench.ts';
import { startChild, type Child } from '../child.ts';
import { createMarket, type BenchMarket } from '../market.ts';
import { runPgbench } from '../pgbench.ts';
import { buy, buyHere, connectShoppers, placedAndFunded, settle, type Method, type Town } from '../purchases.ts';
import { recordStatements, toPgbench, transactionsIn } from '../recorded.ts';
import type { Group } from '../report.ts';
import { many } from '../wire.ts';

const full = { buyers: 320, sellers: 100, seconds: 8 };
const quick = { buyers: 64, sellers: 20, seconds: 2 };
const clients = 16;
/** What a provider does takes its time, in which a buyer waits: more of them keep the server as busy. */
const inFlight: Readonly<Record<Method, number>> = { wallet: 16, sandbox: 64 };
const aimShare = 0.4;
/** A provider that confirms as soon as it can. */
const confirmAfter = '50ms';

/** Whole checkouts a second beside the same statements by pgbench, and transfers into one account a second. */
export async function measureCheckout(bench: Bench): Promise<Group[]> {
  const size = bench.quick ? quick : full;
  const market = await createMarket(bench.databaseUrl, { users: size.buyers + size.sellers, pairs: 0 });
  try {
    const town = await settle(market, size.sellers);
    const groups: Group[] = [];
    for (const method of ['wallet', 'sandbox'] as const) {
      groups.push(await checkouts(bench, { ...town, method, seconds: size.seconds }));
    }
    return [...groups, await hotAccount(market, size.seconds)];
  } finally {
    await market.close();
  }
}

interface Trial extends Town {
  readonly method: Method;
  readonly seconds: number;
}

interface Round {
  readonly soko: number;
  /** CPU of the server process for one checkout. */
  readonly cpuMs: number;
  readonly base: number | null;
}

async function checkouts(bench: Bench, trial: Trial): Promise<Group> {
  const pgbench = await preparePgbench(trial);
  const { market } = trial;
  const [engine = 'node'] = bench.engines;
  const port = String(await freePort());
  const sandbox = {
    SANDBOX_WEBHOOK_URL: `http://127.0.0.1:${port}/v1/webhooks/sandbox`,
    SANDBOX_CONFIRM_AFTER: confirmAfter,
  };
  const env = { ...market.env, ...sandbox, PORT: port, GATEWAY_ENGINE: engine };
  const server = await startChild('soko', { node: bench.node, env });
  try {
    const shoppers = await connectShoppers(server.url, trial.buyers);
    const buyAll = () => buyFor(server, { shoppers, trial });
    await buyAll();
    const rounds: Round[] = [];
    // In turns, so that both meet the same moods of the machine.
    for (let round = 0; round < 2; round += 1) rounds.push({ ...(await buyAll()), base: await pgbench.run() });
    for (const { wire } of shoppers) wire.close();
    return groupOf(rounds, { trial, engine, pgbench, funded: await placedAndFunded(market.databaseUrl) });
  } finally {
    await server.stop();
  }
}

async function buyFor(
  server: Child,
  { shoppers, trial }: { shoppers: Awaited<ReturnType<typeof connectShoppers>>; trial: Trial },
): Promise<Pick<Round, 'soko' | 'cpuMs'>> {
  const { listingIds, method, seconds } = trial;
  const cpuBefore = await server.ask<number>({ name: 'cpu' });
  const startedAt = performance.now();
  const endsAt = startedAt + seconds * 500;
  let next = 0;
  let done = 0;
  const worker = async () => {
    while (performance.now() < endsAt) {
      const index = next++;
      await buy(shoppers[index % shoppers.length]!, listingIds[index % listingIds.length]!, method);
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: Math.min(inFlight[method], shoppers.length) }, worker));
  const soko = (done * 1_000) / (performance.now() - startedAt);
  return { soko, cpuMs: ((await server.ask<number>({ name: 'cpu' })) - cpuBefore) / done };
}

interface Replayed {
  readonly statements: number;
  readonly transactions: number;
  /** Checkouts a second; null where pgbench is not installed. */
  run(): Promise<number | null>;
}

/** Records one checkout and makes a script of it. */
async function preparePgbench(trial: Trial): Promise<Replayed> {
  const { market, buyers, listingIds, method, seconds } = trial;
  // Each buyer has had a cart before, as in what is recorded.
  if (method === 'wallet') await many(buyers.length, (index) => buyHere(trial, buyers[index]!, method), 4);
  const [buyer, listingId] = [buyers[0]!, listingIds[0]!];
  await buyHere(trial, buyer, method);
  const statements = await recordStatements(() => buyHere(trial, buyer, method));
  const from = { [buyer.id]: 'buyer', [market.users[0]!.id]: 'seller', [listingId]: 'listing' };
  const script = join(market.env.DATA_DIR!, `checkout-${method}.sql`);
  await writeFile(script, toPgbench(statements, { table: 'bench_town', from }));
  await writeTown(trial);
  const load = { script, databaseUrl: market.databaseUrl, seconds: seconds / 2, clients };
  const variables = { rows: buyers.length, clients, fresh: 1 };
  return {
    statements: statements.length,
    transactions: transactionsIn(statements),
    run: () => runPgbench({ ...load, variables, protocol: 'simple' }),
  };
}

/** Who buys what of whom, by numbers, which is what pgbench counts in. */
async function writeTown({ market, buyers, listingIds }: Town): Promise<void> {
  const client = new pg.Client({ connectionString: market.databaseUrl });
  await client.connect();
  await client.query(`
    create table if not exists bench_town as
    select row_number() over ()::int as n, buyer.id as buyer, listing.seller_id as seller, listing.id as listing
    from unnest('{${buyers.map(({ id }) => id).join(',')}}'::uuid[]) with ordinality buyer (id, place)
    join (select *, row_number() over () as place from listing) listing
      on listing.place = buyer.place % ${listingIds.length} + 1;
    create unique index if not exists bench_town_n on bench_town (n);
    analyze;`);
  await client.end();
}

const titles: Readonly<Record<Method, string>> = {
  wallet: 'Checkouts paid from the wallet: cart, checkout, payment, placed, in escrow',
  sandbox: 'Checkouts paid by a provider: cart, checkout, payment, webhook, placed, in escrow',
};

function groupOf(
  rounds: readonly Round[],
  about: { trial: Trial; engine: string; pgbench: Replayed; funded: { placed: number; funded: number } },
): Group {
  const { trial, engine, pgbench, funded } = about;
  const best = rounds.reduce((one, other) => (other.soko > one.soko ? other : one));
  const base = Math.max(...rounds.map((round) => round.base ?? 0));
  const ratio = best.soko / base;
  const judged = { ratio: `${ratio.toFixed(2)} × pgbench`, aim: `≥ ${aimShare} × pgbench`, met: ratio >= aimShare };
  const { statements, transactions } = pgbench;
  return {
    title: `${titles[trial.method]}; ${inFlight[trial.method]} in flight`,
    results: [
      ...(base > 0 ? [{ what: `pgbench, ${clients} clients`, value: `${base.toFixed(0)} a second` }] : []),
      { what: `Soko, engine ${engine}`, value: `${best.soko.toFixed(0)} a second`, ...(base > 0 && judged) },
      { what: '  CPU of the server process', value: `${best.cpuMs.toFixed(1)} ms each` },
      {
        what: '  orders placed, with their price in escrow',
        value: `${funded.funded} of ${funded.placed}`,
        aim: 'all',
        met: funded.funded === funded.placed,
      },
    ],
    notes: [
      `one checkout was recorded as ${statements} statements in ${transactions} transactions, which pgbench repeats`,
      ...(base > 0 ? [] : ['pgbench is not installed: no yardstick']),
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
