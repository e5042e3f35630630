import { sql } from 'kysely';
import pg from 'pg';
import { expect, test } from 'vitest';
import { bankReports, openBank, pay, purchase, refundAll, travel, type Till } from '../payments/bank.ts';
import { readBooks, type Query } from '../support/books.ts';
import { newDatabaseTarget, type TestDatabase } from '../support/databases.ts';
import { createHarness, type Harness } from '../support/harness.ts';
import { judgeBooks } from '../support/judge-books.ts';
import { bindTestPorts } from '../support/ports.ts';

/** What the bank keeps for itself, wherever the market's database is put back from. */
const bankTables = ['sandbox_charge', 'sandbox_capture', 'sandbox_refund', 'sandbox_delivery'] as const;
type BankBooks = Record<(typeof bankTables)[number], string>;

interface Place {
  readonly market: Harness;
  readonly till: Till;
  readonly query: Query;
}

async function openMarket(database: TestDatabase, offsetMs: number): Promise<Place> {
  // The databases outlive their markets here.
  const market = await createHarness(bindTestPorts, { ...database, drop: async () => {} });
  market.clock.offsetMs = offsetMs;
  const till = openBank(market);
  return { market, till, query: async (text) => (await sql.raw(text).execute(market.database.sql)).rows as never };
}

async function bankBooks({ query }: Place): Promise<BankBooks> {
  const rows = bankTables.map(async (table) => {
    const [row] = await query<{ all: string }>(`select coalesce(jsonb_agg(t), '[]')::text as all from ${table} t`);
    return [table, row!.all] as const;
  });
  return Object.fromEntries(await Promise.all(rows)) as BankBooks;
}

/** The bank goes on with its own books; what it had delivered before, it is asked to deliver again. */
async function replay({ market }: Place, books: BankBooks): Promise<void> {
  for (const table of bankTables.toReversed()) await sql`delete from ${sql.table(table)}`.execute(market.database.sql);
  for (const table of bankTables) {
    await sql`insert into ${sql.table(table)}
      select * from jsonb_populate_recordset(null::${sql.table(table)}, ${books[table]}::text::jsonb)`.execute(
      market.database.sql,
    );
  }
  await sql`update sandbox_delivery set delivered_at = null, tries = 0`.execute(market.database.sql);
}

test.skipIf(!process.env.DATABASE_URL)(
  'attack 14: after a restore the bank’s words are replayed, and the books agree with the bank’s again',
  async () => {
    const live = await newDatabaseTarget();
    const server = process.env.DATABASE_URL!;
    const backup = `${nameOf(live)}_backup`;
    const before = await openMarket(live, 0);
    const paidBefore = await purchase(before.market, { quantity: 3 });
    await pay(before.market, paidBefore);
    await bankReports(before.market, before.till);
    const startedBefore = await purchase(before.market, { quantity: 3 });
    await pay(before.market, startedBefore);
    await before.market.close();
    await administer(server, `create database ${backup} template ${nameOf(live)}`);

    const lost = await openMarket(live, before.market.clock.offsetMs);
    // All of this is forgotten: a capture, a rejection with its refund, and an order that is not in the backup at all.
    await bankReports(lost.market, lost.till);
    await lost.market.ok(paidBefore.seller, 'orders.reject', { orderId: paidBefore.orderId });
    await refundAll(lost.market, lost.till);
    const unknown = await purchase(lost.market);
    const unknownAttempt = await pay(lost.market, unknown);
    await bankReports(lost.market, lost.till);
    const bank = await bankBooks(lost);
    await lost.market.close();

    const restored = await openMarket(restoredTo(live, backup), lost.market.clock.offsetMs);
    const { market, till, query } = restored;
    await replay(restored, bank);
    await bankReports(market, till);
    expect(await market.ok(startedBefore.buyer, 'orders.get', { orderId: startedBefore.orderId })).toMatchObject({
      state: 'placed',
    });
    // The seller says again what was forgotten; the bank had refunded under an id that nobody here knows.
    await market.ok(paidBefore.seller, 'orders.accept', { orderId: paidBefore.orderId });
    expect(till.refusals.map(({ reason }) => reason)).toContain('unknown_payment');
    travel(market, 120_000);
    await market.runJob('payments.poll');
    await bankReports(market, till);
    expect(judgeBooks(await readBooks(query, null), { stock: new Map(), isQuiet: true })).toEqual([]);
    // To the last unit: what the market says lies with the bank, and what the bank took for attempts that it knows.
    const [row] = await query<{ clearing: string; known: string; unknown: string }>(`
      select
        (select -sum(balance_minor) from ledger_account where code = 'provider:sandbox:clearing')::text as clearing,
        (select sum(c.amount_minor) from sandbox_charge c join payment p on p.id::text = c.attempt_id
         where c.status = 'captured')::text as known,
        (select sum(c.amount_minor) from sandbox_charge c where c.attempt_id = '${unknownAttempt}')::text as unknown`);
    expect(row).toEqual({ clearing: '5000', known: '5000', unknown: '2500' });
    await market.close();
    await administer(server, `drop database ${backup} with (force)`);
    await live.drop();
  },
);

function nameOf({ target }: TestDatabase): string {
  return 'url' in target ? new URL(target.url).pathname.slice(1) : '';
}

function restoredTo(database: TestDatabase, name: string): TestDatabase {
  const { target } = database;
  if (!('url' in target)) throw new Error('restoring needs a server');
  const url = new URL(target.url);
  url.pathname = `/${name}`;
  return { ...database, target: { ...target, url: url.href } };
}

async function administer(server: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  await client.query(statement);
  await client.end();
}
