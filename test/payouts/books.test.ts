import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accounts, postTransfer, type Account } from '../../src/domain/ledger/index.ts';
import { checkBooks, ledgerAlarmPort } from '../../src/domain/payouts/index.ts';
import { fill } from '../ledger/purse.ts';
import { travel, type Till } from '../payments/bank.ts';
import { createHarness, system, type Harness, type TestUser } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';
import { transact } from '../support/transact.ts';
import { openDesk, sold } from './sold.ts';

let market: Harness;
let till: Till;
let reported: readonly { check: string; code: string | null }[] = [];
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
  ({ till } = openDesk(market));
  market.ports.bind(ledgerAlarmPort, { report: (differences) => void (reported = differences) });
});
afterAll(() => market.close());

const wrongNow = async () =>
  (await checkBooks(market.database.sql)).filter(({ wrong }) => wrong > 0).map(({ check }) => check);

async function rich(): Promise<TestUser> {
  const user = await market.user();
  await fill(market, user, { amountMinor: 1_000 });
  return user;
}

/** Changes what triggers and CHECKs would refuse, looks, and puts it back. */
async function tamper<T>(table: string, statements: { do: string; undo: string }, look: () => Promise<T>): Promise<T> {
  const run = (text: string) =>
    market.database.script(
      `alter table ${table} disable trigger all; ${text}; alter table ${table} enable trigger all;`,
    );
  await run(statements.do);
  try {
    return await look();
  } finally {
    await run(statements.undo);
  }
}

const sweep = async () => {
  travel(market, 120_000);
  await market.runJob('ledger.check');
  return [...new Set(reported.map(({ check }) => check))];
};

test('the books of a market in which things were sold agree', async () => {
  await sold(market, till);
  await market.runJob('payouts.make');
  const results = await checkBooks(market.database.sql);
  expect(results.filter(({ wrong }) => wrong > 0)).toEqual([]);
  expect(results.filter(({ checked }) => checked > 0).map(({ check }) => check)).toEqual(
    expect.arrayContaining(['zero sum', 'chain without gaps', 'balance = journal', 'bounds', 'escrow of orders']),
  );
  expect(await sweep()).toEqual([]);
});

test('a changed amount is found, by the full check and by the sweep, and again until it is put right', async () => {
  const user = await rich();
  const where = `account_id = (select id from ledger_account where code = 'user:${user.id}:available')`;
  const change = (by: number) => `update ledger_posting set amount_minor = amount_minor + ${by} where ${where}`;
  await tamper('ledger_posting', { do: change(1), undo: change(-1) }, async () => {
    expect(await wrongNow()).toEqual(['zero sum', 'chain without gaps', 'balance = journal']);
    expect(await sweep()).toEqual(['zero sum', 'chain without gaps']);
    expect(await sweep()).toEqual(['zero sum', 'chain without gaps']);
  });
  expect(await sweep()).toEqual([]);
  expect(await wrongNow()).toEqual([]);
});

test('a balance that the journal does not explain is found', async () => {
  const user = await rich();
  const change = (by: number) =>
    `update ledger_account set balance_minor = balance_minor + ${by} where code = 'user:${user.id}:available'`;
  await tamper('ledger_account', { do: change(5), undo: change(-5) }, async () => {
    expect(await wrongNow()).toEqual(['balance = journal']);
    expect(await sweep()).toEqual(['balance = journal']);
    expect(reported).toMatchObject([
      { code: `user:${user.id}:available`, currency: 'USD', expectedMinor: '1000', foundMinor: '1005' },
    ]);
  });
  expect(await sweep()).toEqual([]);
});

test('a posting that is gone is found', async () => {
  const user = await rich();
  await fill(market, user, { amountMinor: 1 });
  const of = `account_id = (select id from ledger_account where code = 'user:${user.id}:available') and version = 1`;
  const saved = 'saved_posting';
  const statements = {
    do: `create table ${saved} as select * from ledger_posting where ${of}; delete from ledger_posting where ${of}`,
    undo: `insert into ledger_posting select * from ${saved}; drop table ${saved}`,
  };
  await tamper('ledger_posting', statements, async () => {
    expect(await wrongNow()).toEqual(['zero sum', 'chain without gaps', 'balance = journal']);
    expect(await sweep()).toEqual(['zero sum', 'chain without gaps']);
  });
  expect(await wrongNow()).toEqual([]);
});

test('a balance beyond its bound is found', async () => {
  const user = await rich();
  const of = `code = 'user:${user.id}:available'`;
  const change = (side: number) =>
    `alter table ledger_account drop constraint if exists ledger_account_bound;
     update ledger_account set side = ${side} where ${of}`;
  await tamper('ledger_account', { do: change(-1), undo: change(1) }, async () => {
    expect(await wrongNow()).toEqual(['bounds']);
    expect(await sweep()).toEqual(['bounds']);
  });
});

test('rows that do not explain what their accounts hold are found: holds, escrows, payouts, payments', async () => {
  const user = await rich();
  const { orderId, paymentId, seller } = await sold(market, till);
  const broken: [string, string, string][] = [
    [
      'held of wallets',
      `insert into ledger_hold values (gen_random_uuid(), '${user.id}', 'USD', 5, 'test', 'one', 'held', now(), now())`,
      `delete from ledger_hold where purpose = 'test'`,
    ],
    [
      'escrow of orders',
      `update escrow set funded_minor = funded_minor + 1 where order_id = '${orderId}'`,
      `update escrow set funded_minor = funded_minor - 1 where order_id = '${orderId}'`,
    ],
    [
      'payouts on their way',
      `update escrow set payout_due = false where order_id = '${orderId}'`,
      `update escrow set payout_due = true where order_id = '${orderId}'`,
    ],
    [
      'captures of payments',
      `update payment set captured_minor = captured_minor - 1 where id = '${paymentId}'`,
      `update payment set captured_minor = captured_minor + 1 where id = '${paymentId}'`,
    ],
  ];
  const db = market.database.sql;
  for (const [check, breaking, mending] of broken) {
    await touch([
      accounts.reserved(user.actor.userId),
      accounts.payout(seller.actor.userId),
      accounts.escrow(orderId),
      accounts.payment(paymentId),
    ]);
    await sql.raw(breaking).execute(db);
    expect(await wrongNow()).toEqual([check]);
    expect(await sweep()).toEqual([check]);
    await sql.raw(mending).execute(db);
    expect(await sweep()).toEqual([]);
  }
  expect(await wrongNow()).toEqual([]);
});

/** Moves a unit there and back, so that the next window of the sweep has these accounts in it. */
async function touch(touched: readonly Account[]): Promise<void> {
  for (const amountMinor of [1, -1]) {
    const postings = touched.map((account) => ({ account, amountMinor }));
    const transfer = {
      kind: 'payout.fail',
      reference: crypto.randomUUID(),
      currency: 'USD',
      postings: [...postings, { account: accounts.losses, amountMinor: -amountMinor * touched.length }],
    } as const;
    await transact(market, (tx) => postTransfer(tx, transfer));
  }
}

test('a sweep goes on where the last one ended, and two at once do the work once', async () => {
  await sweep();
  for (let made = 0; made < 3; made += 1) await rich();
  expect(await market.ok(system, 'ledger.check')).toMatchObject({ swept: 0 });
  travel(market, 120_000);
  const both = await Promise.all([market.ok(system, 'ledger.check'), market.ok(system, 'ledger.check')]);
  expect(both.reduce((total, { swept }) => total + swept, 0)).toBe(3);
});
