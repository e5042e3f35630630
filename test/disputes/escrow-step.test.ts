import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { stockOf } from '../orders/stall.ts';
import { createMarket, paid, refundAll, type Till } from '../payments/bank.ts';
import type { Harness } from '../support/harness.ts';
import { chargebackFact, tell } from './bank-objects.ts';
import { asked, delivered, disputed, escrowOf, expectBooksToBalance, payoutOf, sentBack, stateOf } from './court.ts';

let market: Harness;
let till: Till;
beforeAll(async () => {
  ({ market, till } = await createMarket());
});
afterAll(() => market.close());
afterEach(() => expectBooksToBalance(market));

const stepsOf = async (orderId: string) => {
  const { rows } = await sql`select step, result, by_side from escrow_step where order_id = ${orderId}`.execute(
    market.database.sql,
  );
  return rows;
};

test('the buyer’s step releases the money, once', async () => {
  const found = await delivered(market, till);
  const { buyer, orderId } = found;
  const step = { orderId, step: 'release' };
  const answers = await Promise.all([1, 2, 3].map(() => market.call(buyer, 'escrow.step', step)));
  expect(answers.filter(({ ok }) => ok)).toMatchObject([{ data: { orderId, step: 'release', result: 'ok' } }]);
  await market.runJob('orders.complete');
  expect(await stateOf(market, found)).toBe('completed');
  expect(await payoutOf(market, found)).toBe(2_375);
  expect(await market.fails(buyer, 'escrow.step', step)).toBe('orders.not_possible');
  expect(await stepsOf(orderId)).toEqual([{ step: 'release', result: 'ok', by_side: 'buyer' }]);
});

test('the seller’s step gives the money back, and what has not left is on sale again', async () => {
  const found = await paid(market, till);
  const { seller, orderId, listingId } = found;
  await market.ok(seller, 'orders.accept', { orderId });
  const answer = await market.ok(seller, 'escrow.step', { orderId, step: 'refund' });
  expect(answer).toEqual({ orderId, step: 'refund', result: 'cancelled' });
  expect(await stateOf(market, found)).toBe('cancelled');
  await refundAll(market, till);
  expect(await sentBack(market, orderId)).toBe(2_500);
  expect((await stockOf(market, listingId)).quantity).toBe(5);
  expect(await market.fails(seller, 'escrow.step', { orderId, step: 'refund' })).toBe('refunds.nothing_left');
  expect(await stepsOf(orderId)).toEqual([{ step: 'refund', result: 'cancelled', by_side: 'seller' }]);
});

test('neither side takes the step of the other, least of all a seller who would release', async () => {
  const { buyer, seller, orderId } = await delivered(market, till);
  expect(await market.fails(seller, 'escrow.step', { orderId, step: 'release' })).toBe('orders.not_possible');
  expect(await market.fails(buyer, 'escrow.step', { orderId, step: 'refund' })).toBe('orders.not_possible');
  expect(await market.fails({ ...seller.actor, roles: ['admin'] }, 'escrow.step', { orderId, step: 'release' })).toBe(
    'orders.not_possible',
  );
  expect(await stepsOf(orderId)).toEqual([]);
});

test.each([
  ['release', 'completed', 'ok'],
  ['refund', 'refunded', 'cancelled'],
] as const)('an operator may %s, which is logged', async (step, state, result) => {
  const found = await delivered(market, till);
  const { orderId } = found;
  const admin = await market.user({ roles: ['admin'] });
  expect(await market.ok(admin, 'escrow.step', { orderId, step })).toMatchObject({ result });
  await market.runJob('orders.complete');
  expect(await stateOf(market, found)).toBe(state);
  const { rows } = await sql`
    select actor_id, details from audit_entry where action = 'escrow.step' and subject_id = ${orderId}`.execute(
    market.database.sql,
  );
  expect(rows).toEqual([{ actor_id: admin.actor.userId, details: { step } }]);
});

test('an open request to get money back is over once all of it goes back', async () => {
  const { seller, buyer, orderId, refundRequestId } = await asked(market, till, { amountMinor: 500 });
  await market.ok(seller, 'escrow.step', { orderId, step: 'refund' });
  expect(await market.ok(buyer, 'refunds.get', { refundRequestId })).toMatchObject({
    state: 'expired',
    disputeId: null,
  });
  expect(await sentBack(market, orderId)).toBe(2_500);
});

test('what a dispute, the bank or a courier has to end takes no step', async () => {
  const admin = await market.user({ roles: ['admin'] });
  const quarrel = await disputed(market, till);
  for (const step of ['release', 'refund']) {
    expect(await market.fails(admin, 'escrow.step', { orderId: quarrel.orderId, step })).toBe('orders.not_possible');
  }
  const charged = await delivered(market, till);
  await tell(market, chargebackFact(charged.paymentId));
  expect(await market.fails(admin, 'escrow.step', { orderId: charged.orderId, step: 'refund' })).toBe(
    'refunds.chargeback_open',
  );
  const { orderId } = await paid(market, till);
  await sql`update sub_order set state = 'out_for_delivery', deadline = null where id = ${orderId}`.execute(
    market.database.sql,
  );
  expect(await market.fails(admin, 'escrow.step', { orderId, step: 'refund' })).toBe('refunds.goods_under_way');
  expect(await market.fails(admin, 'escrow.step', { orderId, step: 'release' })).toBe('orders.not_possible');
  expect(await escrowOf(market, orderId)).toMatchObject({ state: 'held', returned: 0, released: 0 });
});
