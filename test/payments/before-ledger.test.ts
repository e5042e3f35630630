import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accounts } from '../../src/domain/ledger/index.ts';
import { checkBooks } from '../../src/domain/payouts/index.ts';
import type { Harness } from '../support/harness.ts';
import { bankReports, createMarket, pay, purchase, refundAll, type Purchase, type Till } from './bank.ts';
import { held } from './money.ts';

let market: Harness;
let till: Till;
beforeAll(async () => {
  ({ market, till } = await createMarket());
});
afterAll(async () => {
  const wrong = (await checkBooks(market.database.sql)).filter((result) => result.wrong > 0);
  await market.close();
  expect(wrong).toEqual([]);
});

type Old = Purchase & { readonly paymentId: string };

/** An order that was paid before there was a ledger: all is there as it was, and no money of it in the books. */
async function paidBefore(state: string): Promise<Old> {
  const bought = await purchase(market);
  const paymentId = await pay(market, bought);
  const { sql: db } = market.database;
  await sql`update payment set state = 'captured', captured_minor = amount_minor, poll_at = null, unbooked = true
            where id = ${paymentId}`.execute(db);
  await sql`update order_group set state = 'placed' where id = ${bought.groupId}`.execute(db);
  await sql`update sub_order set state = ${state}, placed_at = now() where group_id = ${bought.groupId}`.execute(db);
  // The bank's message is stored, and nothing new.
  await bankReports(market, till);
  expect(await held(market, accounts.payment(paymentId))).toBe(0);
  return { ...bought, paymentId };
}

const stateOf = async ({ buyer, orderId }: Old) => (await market.ok(buyer, 'orders.get', { orderId })).state;

test('an order that was paid before there was a ledger completes with its money, and not without it', async () => {
  const old = await paidBefore('received');
  await market.runJob('orders.complete');
  expect(await stateOf(old)).toBe('received');
  await Promise.all([market.runJob('payments.bookPast'), market.runJob('payments.bookPast')]);
  expect(await held(market, accounts.escrow(old.orderId))).toBe(2_500);
  await market.runJob('orders.complete');
  expect(await stateOf(old)).toBe('completed');
  expect(await held(market, accounts.payout(old.seller.actor.userId))).toBe(2_375);
});

test('the refund of an order paid before there was a ledger goes back, booked before or with it', async () => {
  for (const isBooked of [true, false]) {
    const old = await paidBefore('placed');
    if (isBooked) await market.runJob('payments.bookPast');
    await market.ok(old.seller, 'orders.reject', { orderId: old.orderId });
    await refundAll(market, till);
    const { refund } = await market.ok(old.buyer, 'orders.get', { orderId: old.orderId });
    expect(refund).toEqual({ state: 'refunded', amountMinor: 2_500 });
  }
  expect(till.refusals).toEqual([]);
});

test('what went back before there was a ledger is booked as gone, and what was over funds nothing', async () => {
  const [back, over] = [await paidBefore('rejected'), await paidBefore('completed')];
  const id = crypto.randomUUID();
  await sql`
    insert into refund (id, payment_id, order_id, state, amount_minor, currency, provider_ref, submit_at, submit_tries,
      held, version, created_at, updated_at)
    values (${id}, ${back.paymentId}, ${back.orderId}, 'succeeded', 2500, 'USD', 're_old', now(), 1,
      false, 1, now(), now())
  `.execute(market.database.sql);
  await market.runJob('payments.bookPast');
  expect(await held(market, accounts.payment(back.paymentId))).toBe(0);
  expect(await held(market, accounts.refund(id))).toBe(0);
  // Whether its seller was paid is known to people alone.
  expect(await held(market, accounts.payment(over.paymentId))).toBe(2_500);
});

test('captures that do not add up are booked by nobody, and hold up no others', async () => {
  const [odd, good] = [await paidBefore('received'), await paidBefore('received')];
  await sql`update payment set captured_minor = 2000 where id = ${odd.paymentId}`.execute(market.database.sql);
  till.refusals.length = 0;
  await market.runJob('payments.bookPast');
  expect(till.refusals).toMatchObject([{ eventId: odd.paymentId, reason: 'captures_do_not_add_up' }]);
  expect(await held(market, accounts.escrow(good.orderId))).toBe(2_500);
  await sql`update payment set captured_minor = 2500, unbooked = true where id = ${odd.paymentId}`.execute(
    market.database.sql,
  );
  await market.runJob('payments.bookPast');
  expect(await held(market, accounts.escrow(odd.orderId))).toBe(2_500);
});
