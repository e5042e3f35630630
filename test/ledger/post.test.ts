import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  accounts,
  balanceOf,
  openHold,
  postTransfer,
  spendHold,
  voidHold,
  type Transfer,
} from '../../src/domain/ledger/index.ts';
import type { Sql } from '../../src/domain/kernel/index.ts';
import { createHarness, type Harness, type TestUser } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';
import { transact } from '../support/transact.ts';

let market: Harness;
let db: Sql;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
  db = market.database.sql;
});
afterAll(() => market.close());

const currency = 'USD';
const { available, reserved } = accounts;
const post = (transfer: Transfer) => transact(market, (tx) => postTransfer(tx, transfer));
const balance = (user: TestUser, kind: 'available' | 'reserved' = 'available') =>
  balanceOf(db, accounts[kind](user.actor.userId), currency);

function move(from: Transfer['postings'][number]['account'], to: typeof from, amountMinor: number): Transfer {
  const postings = [
    { account: from, amountMinor: -amountMinor },
    { account: to, amountMinor },
  ];
  return { kind: 'promo.credit', reference: crypto.randomUUID(), currency, postings };
}

async function rich(amountMinor: number): Promise<TestUser> {
  const user = await market.user();
  await post(move(accounts.promo, available(user.actor.userId), amountMinor));
  return user;
}

test('of 200 spends of one balance at once, as many succeed as it has money for', async () => {
  const user = await rich(1_000);
  const outcomes = await Promise.all(
    Array.from({ length: 200 }, () => post(move(available(user.actor.userId), accounts.fees, 100))),
  );
  expect(outcomes.filter((outcome) => outcome === 'posted')).toHaveLength(10);
  expect(outcomes.filter((outcome) => outcome === 'insufficient')).toHaveLength(190);
  expect(await balance(user)).toBe(0);
});

test('somebody without an account row can spend nothing, however often at once', async () => {
  const user = await market.user();
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, () => post(move(available(user.actor.userId), accounts.fees, 1))),
  );
  expect(new Set(outcomes)).toEqual(new Set(['insufficient']));
  expect(await balance(user)).toBe(0);
});

test('the first payments into an account without a row, at once, all arrive', async () => {
  const user = await market.user();
  await Promise.all(Array.from({ length: 20 }, () => post(move(accounts.promo, available(user.actor.userId), 5))));
  expect(await balance(user)).toBe(100);
});

test('one event posts once, however often at once', async () => {
  const user = await market.user();
  const transfer = move(accounts.promo, available(user.actor.userId), 7);
  const outcomes = await Promise.all(Array.from({ length: 20 }, () => post(transfer)));
  expect(outcomes.filter((outcome) => outcome === 'posted')).toHaveLength(1);
  expect(outcomes.filter((outcome) => outcome === 'known')).toHaveLength(19);
  expect(await balance(user)).toBe(7);
});

test('the reference of another transfer is refused, not taken for the same', async () => {
  const user = await market.user();
  const transfer = move(accounts.promo, available(user.actor.userId), 7);
  await post(transfer);
  const other = move(accounts.promo, available(user.actor.userId), 8);
  await expect(post({ ...other, reference: transfer.reference })).rejects.toThrow(/other postings/);
  expect(await balance(user)).toBe(7);
});

test('A to B and B to A at once end, and lose nothing', async () => {
  const [a, b] = [await rich(1_000), await rich(1_000)];
  const [toB, toA] = [
    () => post(move(available(a.actor.userId), available(b.actor.userId), 10)),
    () => post(move(available(b.actor.userId), available(a.actor.userId), 10)),
  ];
  await Promise.all(Array.from({ length: 50 }, (_, index) => (index % 2 ? toA() : toB())));
  expect([await balance(a), await balance(b)]).toEqual([1_000, 1_000]);
});

test('a thousand transfers into the account of fees add up', async () => {
  const before = await balanceOf(db, accounts.fees, currency);
  for (let round = 0; round < 10; round += 1) {
    await Promise.all(Array.from({ length: 100 }, () => post(move(accounts.promo, accounts.fees, 1))));
  }
  expect((await balanceOf(db, accounts.fees, currency)) - before).toBe(1_000);
});

test('what does not sum to zero is refused, by the code and by the database', async () => {
  const user = await rich(10);
  const account = available(user.actor.userId);
  await expect(
    post({ kind: 'promo.credit', reference: 'x', currency, postings: [{ account, amountMinor: 1 }] }),
  ).rejects.toThrow(/sums to 1/);
  const loose = db.transaction().execute(async (tx) => {
    await sql`insert into ledger_transfer values (gen_random_uuid(), 'test', 'loose', null, now())`.execute(tx);
    await sql`
      insert into ledger_posting select t.id, 1, a.id, ${currency}, 5, 15, 99 from ledger_transfer t, ledger_account a
      where t.reference = 'loose' and a.code = ${account.code}`.execute(tx);
  });
  await expect(loose).rejects.toThrow(/does not sum to zero/);
});

test('nothing in the journal is changed or deleted', async () => {
  await rich(10);
  for (const table of ['ledger_transfer', 'ledger_posting']) {
    const name = sql.table(table);
    await expect(sql`delete from ${name}`.execute(db)).rejects.toThrow(/append-only/);
    await expect(sql`truncate ${name} cascade`.execute(db)).rejects.toThrow(/append-only/);
  }
  await expect(sql`update ledger_posting set amount_minor = 1`.execute(db)).rejects.toThrow(/append-only/);
});

test('a hold is resolved once: spent or given back, whoever comes first', async () => {
  const user = await rich(100);
  const key = { purpose: 'test', purposeId: crypto.randomUUID() };
  const hold = { ...key, userId: user.actor.userId, currency, amountMinor: 60 } as const;
  const opened = await Promise.all([1, 2, 3].map(() => transact(market, (tx) => openHold(tx, hold))));
  expect(opened.filter((outcome) => outcome === 'held')).toHaveLength(1);
  expect([await balance(user), await balance(user, 'reserved')]).toEqual([40, 60]);
  const spend = () =>
    transact(market, async (tx) => {
      const spent = await spendHold(tx, key);
      if (spent) await postTransfer(tx, move(reserved(user.actor.userId), accounts.fees, spent.amountMinor));
      return spent !== null;
    });
  const giveBack = () => transact(market, (tx) => voidHold(tx, key));
  const outcomes = await Promise.all([spend(), giveBack(), spend(), giveBack()]);
  expect(outcomes.filter(Boolean)).toHaveLength(1);
  expect(await balance(user, 'reserved')).toBe(0);
  expect([40, 100]).toContain(await balance(user));
});

test('more than the wallet has cannot be held', async () => {
  const user = await rich(50);
  const hold = { purpose: 'test', purposeId: crypto.randomUUID(), userId: user.actor.userId, currency } as const;
  expect(await transact(market, (tx) => openHold(tx, { ...hold, amountMinor: 51 }))).toBe('insufficient');
  expect([await balance(user), await balance(user, 'reserved')]).toEqual([50, 0]);
});

test('each balance is the sum of its postings, and their chain has no gap', async () => {
  const { rows } = await sql`
    select a.code from ledger_account a
    left join ledger_posting p on p.account_id = a.id
    group by a.id having a.balance_minor <> coalesce(sum(p.amount_minor), 0) or a.version <> count(p.*)
      or a.version <> coalesce(max(p.version), 0)`.execute(db);
  expect(rows).toEqual([]);
});
