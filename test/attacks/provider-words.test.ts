import { afterAll, beforeAll, expect, test } from 'vitest';
import { sql } from 'kysely';
import { sign } from '../../src/domain/payments/sandbox/signature.ts';
import { readBooks, type Query } from '../support/books.ts';
import type { Sql } from '../../src/domain/kernel/index.ts';
import type { Harness } from '../support/harness.ts';
import { judgeBooks } from '../support/judge-books.ts';
import { stockOf } from '../orders/stall.ts';
import {
  bankReports,
  confirmAfterMs,
  createMarket,
  pay,
  purchase,
  receive,
  refundAll,
  secret,
  travel,
  type Purchase,
  type Till,
} from '../payments/bank.ts';

let market: Harness;
let till: Till;
let query: Query;
beforeAll(async () => {
  ({ market, till } = await createMarket());
  query = async (text) => (await sql.raw(text).execute(market.database.sql)).rows as never;
});
afterAll(() => market.close());

const orderOf = ({ buyer, orderId }: Purchase) => market.ok(buyer, 'orders.get', { orderId });

/** What the bank might say of an attempt, signed as it signs. */
async function tell(attemptId: string, charge: Record<string, unknown>): Promise<void> {
  const body = JSON.stringify({ id: `evt_${crypto.randomUUID()}`, charge: { attemptId, ...charge } });
  const atMs = Date.now() + market.clock.offsetMs;
  expect(await receive(market, body, { 'soko-signature': sign(body, { secret, atMs }) })).toBe(true);
}

async function wrongWith({ buyer, seller }: Purchase, isQuiet = true): Promise<string[]> {
  return judgeBooks(await readBooks(query, { people: [buyer.id, seller.id] }), { stock: new Map(), isQuiet });
}

test('attack 4: a refund that is told before its success gives nothing back, and the success counts', async () => {
  till.behaviour = 'late';
  const bought = await purchase(market);
  const paymentId = await pay(market, bought);
  const charge = await till.bank.find(paymentId);
  const refunds = [{ id: 're_1', refundId: crypto.randomUUID(), amountMinor: 2_500, status: 'succeeded' }];
  await tell(paymentId, { ...charge, refunds });
  await market.runJob('payments.process');
  expect(await market.ok(bought.buyer, 'payments.get', { paymentId })).toMatchObject({ refundedMinor: 0 });
  await bankReports(market, till);
  travel(market, 60 * confirmAfterMs);
  await bankReports(market, till);
  expect(await orderOf(bought)).toMatchObject({ state: 'placed', refund: null });
  expect(await wrongWith(bought)).toEqual([]);
  till.behaviour = 'succeed';
});

test('attack 4: success that is told while the attempt is not committed yet is not lost', async () => {
  const bought = await purchase(market);
  const { payment } = await market.ok(bought.buyer, 'payments.start', {
    orderGroupId: bought.groupId,
    method: 'sandbox',
  });
  // The bank has charged; our side has not written down that it was asked.
  await till.bank.charge({ attemptId: payment.id, amountMinor: 2_500, currency: 'USD' });
  travel(market, confirmAfterMs + 1);
  await till.bank.deliverDue();
  await Promise.all([market.runJob('payments.process'), market.runJob('payments.submit')]);
  await bankReports(market, till);
  expect(await orderOf(bought)).toMatchObject({ state: 'placed' });
  expect(await wrongWith(bought)).toEqual([]);
});

test.runIf(process.env.DATABASE_URL)('attack 4: what a rolled-back command has heard is heard again', async () => {
  const bought = await purchase(market);
  await pay(market, bought);
  travel(market, confirmAfterMs + 1);
  await till.bank.deliverDue();
  const { sql: db } = market.database;
  const [lost] = await db.transaction().execute(async (inside) => {
    // The command waits for the stock's row until its connection is cut, all that it wrote with it.
    await sql`select from listing where id = ${bought.listingId} for update`.execute(inside);
    const heard = market.runJob('payments.process');
    return Promise.all([
      heard.then(
        () => false,
        () => true,
      ),
      cutWhoWaits(db),
    ]);
  });
  expect(lost).toBe(true);
  expect(await orderOf(bought)).toMatchObject({ state: 'awaiting_payment' });
  travel(market, 61_000);
  await market.runJob('payments.process');
  expect(await orderOf(bought)).toMatchObject({ state: 'placed' });
  expect(await wrongWith(bought)).toEqual([]);
});

/** Ends the connection that waits for a lock of this database, as soon as there is one. */
async function cutWhoWaits(db: Sql): Promise<void> {
  for (;;) {
    const { rows } = await sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`.execute(db);
    if (rows.length > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('attack 5: success racing the expiry ends in one of two whole outcomes', async () => {
  for (let round = 0; round < 8; round += 1) {
    const bought = await purchase(market, { quantity: 1 });
    await pay(market, bought);
    travel(market, 900_001);
    await till.bank.deliverDue();
    await Promise.all([
      market.runJob('orders.expireUnpaid'),
      market.runJob('payments.process'),
      market.runJob('orders.expireUnpaid'),
    ]);
    const { state, refund } = await orderOf(bought);
    expect([state, refund, await stockOf(market, bought.listingId)]).toEqual([
      'placed',
      null,
      { quantity: 0, reserved: 0, state: 'sold_out' },
    ]);
    expect(await wrongWith(bought)).toEqual([]);
  }
});

test('attack 5: success after the end, with somebody else at the last unit, sells it to one of the two', async () => {
  for (let round = 0; round < 6; round += 1) {
    const bought = await purchase(market, { quantity: 1 });
    await pay(market, bought);
    travel(market, 900_001);
    await till.bank.deliverDue();
    await market.runJob('orders.expireUnpaid');
    const second = await market.user();
    const place = {
      listingId: bought.listingId,
      quantity: 1,
      delivery: { method: 'pickup' },
      paymentMethod: 'sandbox',
    };
    const [theirs] = await Promise.all([market.call(second, 'orders.place', place), market.runJob('payments.process')]);
    const { state } = await orderOf(bought);
    expect(state).toBe(theirs.ok ? 'payment_expired' : 'placed');
    await refundAll(market, till);
    await refundAll(market, till);
    const { refund } = await orderOf(bought);
    expect(refund?.state ?? null).toBe(theirs.ok ? 'refunded' : null);
    expect(await wrongWith(bought)).toEqual([]);
  }
});

test('attack 6: whatever step is repeated after a crash, the buyer pays once', async () => {
  // Each job is a step that ends in its own commit: a worker that dies leaves the ones before it done, and its lease.
  const steps = ['payments.submit', 'payments.process', 'payments.poll', 'payments.settle', 'payments.refund'];
  for (const crashed of steps) {
    const bought = await purchase(market);
    const start = { orderGroupId: bought.groupId, method: 'sandbox' };
    const { payment } = await market.ok(bought.buyer, 'payments.start', start);
    for (const step of steps)
      await Promise.all(step === crashed ? [1, 2, 3].map(() => market.runJob(step)) : [market.runJob(step)]);
    await bankReports(market, till);
    for (const step of steps) await market.runJob(step);
    const [row] = await query<{ count: string }>(
      `select count(*)::text as count from sandbox_charge where attempt_id = '${payment.id}'`,
    );
    expect([crashed, row?.count]).toEqual([crashed, '1']);
    expect(await orderOf(bought)).toMatchObject({ state: 'placed' });
    expect(await wrongWith(bought)).toEqual([]);
  }
});
