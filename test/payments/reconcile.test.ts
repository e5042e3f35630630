import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accounts } from '../../src/domain/ledger/index.ts';
import { refundFromEscrow } from '../../src/domain/payments/index.ts';
import type { Harness, TestUser } from '../support/harness.ts';
import { transact } from '../support/transact.ts';
import {
  bankReports,
  confirmAfterMs,
  createMarket,
  paid,
  pay,
  purchase,
  travel,
  type Purchase,
  type Till,
} from './bank.ts';
import { held, imbalances, topUp } from './money.ts';

let market: Harness;
let till: Till;
let admin: TestUser;
beforeAll(async () => {
  ({ market, till } = await createMarket());
  admin = await market.user({ roles: ['admin'] });
});
afterAll(async () => {
  expect(await imbalances(market)).toEqual([]);
  await market.close();
});

const differences = async (all = false) => (await market.ok(admin, 'payments.reconciliation', { all })).items;
const paymentOf = ({ buyer, paymentId }: Purchase & { paymentId: string }) =>
  market.ok(buyer, 'payments.get', { paymentId });

async function reconcile() {
  till.differences.length = 0;
  await market.runJob('payments.reconcile');
  return till.differences;
}

/** The bank goes on, and none of its messages arrives. */
async function lostReports(): Promise<void> {
  till.connected = false;
  travel(market, confirmAfterMs + 1);
  await till.bank.deliverDue();
  await sql`update sandbox_delivery set tries = 99 where delivered_at is null`.execute(market.database.sql);
  till.connected = true;
}

test('books that agree have no differences', async () => {
  await paid(market, till);
  await topUp(market, till, { user: await market.user(), amountMinor: 4_000, currency: 'JPY' });
  expect(await reconcile()).toEqual([]);
  expect(await differences(true)).toEqual([]);
});

test('captures and refunds whose messages were lost are booked, counted, and listed as resolved', async () => {
  const bought = await purchase(market);
  const paymentId = await pay(market, bought);
  await lostReports();
  expect(await reconcile()).toMatchObject([{ kind: 'missing_capture', isOpen: false }]);
  expect(await paymentOf({ ...bought, paymentId })).toMatchObject({ state: 'captured' });
  await transact(market, (tx) => refundFromEscrow(tx, { orderId: bought.orderId }));
  await market.runJob('payments.refund');
  await lostReports();
  expect(await reconcile()).toMatchObject([{ kind: 'missing_refund', isOpen: false }]);
  expect(await paymentOf({ ...bought, paymentId })).toMatchObject({ refundedMinor: 2_500 });
  expect(await differences()).toEqual([]);
  expect(await differences(true)).toMatchObject([
    { kind: 'missing_refund', paymentId, oursMinor: 0, theirsMinor: 2_500 },
    { kind: 'missing_capture', paymentId, oursMinor: 0, theirsMinor: 2_500 },
  ]);
  expect(await reconcile()).toEqual([]);
});

test('charges that one side alone knows of, and other amounts, stay open for people', async () => {
  await till.bank.charge({ attemptId: crypto.randomUUID(), amountMinor: 777, currency: 'USD' });
  const altered = await paid(market, till);
  const forgotten = await paid(market, till);
  travel(market, 3_600_001);
  await till.bank.deliverDue();
  const db = market.database.sql;
  await sql`update sandbox_charge set amount_minor = 2600 where attempt_id = ${altered.paymentId}`.execute(db);
  await sql`update sandbox_charge set created_at = created_at - interval '1 year'
            where attempt_id = ${forgotten.paymentId}`.execute(db);
  const open = [
    { kind: 'unknown_charge', oursMinor: 0, theirsMinor: 777, paymentId: null },
    { kind: 'amount_differs', oursMinor: 2_500, theirsMinor: 2_600, paymentId: altered.paymentId },
    { kind: 'charge_missing', oursMinor: 2_500, theirsMinor: 0, paymentId: forgotten.paymentId },
  ];
  for (const _ of [1, 2]) {
    expect((await reconcile()).map(({ kind, isOpen }) => [kind, isOpen])).toEqual(open.map(({ kind }) => [kind, true]));
  }
  expect(await differences()).toEqual(expect.arrayContaining(open.map((one) => expect.objectContaining(one))));
  expect(await differences()).toHaveLength(3);
  await sql`update sandbox_charge set created_at = created_at + interval '1 year'
            where attempt_id = ${forgotten.paymentId}`.execute(db);
  await sql`update sandbox_charge set amount_minor = 2500 where attempt_id = ${altered.paymentId}`.execute(db);
  await reconcile();
  expect((await differences()).map(({ kind }: { kind: string }) => kind)).toEqual(['unknown_charge']);
});

test('a backup that is restored, with the bank’s messages played again, reconciles to zero', async () => {
  const refunded = await paid(market, till);
  const open = await purchase(market);
  const openId = await pay(market, open);
  const user = await market.user();
  const { payment: topped } = await market.ok(user, 'wallet.topUp', {
    amountMinor: 650,
    currency: 'USD',
    method: 'sandbox',
  });
  await market.runJob('payments.submit');
  await transact(market, (tx) => refundFromEscrow(tx, { orderId: refunded.orderId, amountMinor: 900 }));
  const before = await clearing();
  await backUp();
  await market.runJob('payments.refund');
  await bankReports(market, till);
  const born = await paid(market, till);
  const after = await clearing();
  expect(after).toBe(before - 2_500 - 650 + 900 - 2_500);
  await restore();
  expect(await clearing()).toBe(before);
  await sql`update sandbox_delivery set delivered_at = null, tries = 0`.execute(market.database.sql);
  for (let round = 0; round < 3; round += 1) await bankReports(market, till);
  await market.runJob('payments.refund');
  await bankReports(market, till);
  await reconcile();
  expect(await paymentOf({ ...open, paymentId: openId })).toMatchObject({ state: 'captured' });
  expect(await market.ok(open.buyer, 'orders.get', { orderId: open.orderId })).toMatchObject({ state: 'placed' });
  expect(await market.ok(user, 'payments.get', { paymentId: topped.id })).toMatchObject({ state: 'captured' });
  expect(await paymentOf(refunded)).toMatchObject({ refundedMinor: 900 });
  // What was bought after the backup is unknown here: the bank's money of it is all that is missing, and it is listed.
  expect(await clearing()).toBe(after + 2_500);
  const lost = await till.bank.find(born.paymentId);
  const unknown = (await differences()).filter(({ kind }: { kind: string }) => kind === 'unknown_charge');
  expect(unknown).toContainEqual(expect.objectContaining({ subject: lost?.id, theirsMinor: 2_500 }));
  await reconcile();
  expect((await differences()).filter(({ paymentId }: { paymentId: string | null }) => paymentId)).toEqual([]);
});

const clearing = () => held(market, accounts.clearing('sandbox'));

interface Table {
  readonly name: string;
  readonly columns: string;
}

/** Every table of the market, and none of the bank, which is somebody else's. */
async function tables(): Promise<Table[]> {
  const { rows } = await sql<Table>`
    select t.table_name as name, string_agg(quote_ident(c.column_name), ',') as columns
    from information_schema.tables t join information_schema.columns c using (table_schema, table_name)
    where t.table_schema = 'public' and t.table_type = 'BASE TABLE' and t.table_name not like 'sandbox%'
      and t.table_name not like 'spatial%' and c.is_generated = 'NEVER'
    group by t.table_name`.execute(market.database.sql);
  return rows;
}

async function backUp(): Promise<void> {
  await sql`create schema backup`.execute(market.database.sql);
  for (const { name } of await tables()) {
    await sql`create table ${sql.table(`backup.${name}`)} as table ${sql.table(`public.${name}`)}`.execute(
      market.database.sql,
    );
  }
}

async function restore(): Promise<void> {
  const all = await tables();
  await market.database.sql.transaction().execute(async (db) => {
    await sql`set local session_replication_role = replica`.execute(db);
    for (const { name, columns } of all) {
      await sql`delete from ${sql.table(`public.${name}`)}`.execute(db);
      await sql`insert into ${sql.table(`public.${name}`)} (${sql.raw(columns)}) overriding system value
                select ${sql.raw(columns)} from ${sql.table(`backup.${name}`)}`.execute(db);
    }
  });
}
