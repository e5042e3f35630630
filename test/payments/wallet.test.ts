import { afterAll, beforeAll, expect, test } from 'vitest';
import { accounts } from '../../src/domain/ledger/index.ts';
import { sign } from '../../src/domain/payments/sandbox/signature.ts';
import type { Harness, TestUser } from '../support/harness.ts';
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
} from './bank.ts';
import { groupOf, held, imbalances, payPartly, topUp, walletOf } from './money.ts';

let market: Harness;
let till: Till;
beforeAll(async () => {
  ({ market, till } = await createMarket());
});
afterAll(async () => {
  expect(await imbalances(market)).toEqual([]);
  await market.close();
});

const startWith = (method: string, { buyer, groupId }: Purchase) =>
  market.call(buyer, 'payments.start', { orderGroupId: groupId, method });

async function rich(amountMinor: number, fields: { quantity?: number } = {}): Promise<Purchase> {
  const bought = await purchase(market, fields);
  await topUp(market, till, { user: bought.buyer, amountMinor });
  return bought;
}

test('a top-up is credited once it is captured, once', async () => {
  const user = await market.user();
  till.behaviour = 'duplicate';
  const { payment } = await market.ok(user, 'wallet.topUp', { amountMinor: 700, currency: 'UGX', method: 'sandbox' });
  expect(payment).toMatchObject({ purpose: 'top_up', orderGroupId: null, state: 'created' });
  await market.runJob('payments.submit');
  expect(await walletOf(market, user, 'UGX')).toEqual({ available: 0, reserved: 0 });
  travel(market, confirmAfterMs + 1);
  await till.bank.deliverDue();
  await Promise.all([1, 2, 3].map(() => market.runJob('payments.process')));
  till.behaviour = 'succeed';
  expect(await walletOf(market, user, 'UGX')).toEqual({ available: 700, reserved: 0 });
  expect(await market.ok(user, 'payments.list', { purpose: 'top_up' })).toMatchObject({
    items: [{ id: payment.id, state: 'captured', capturedMinor: 700 }],
  });
  const told = (await market.inboxOf(user)).filter(({ type }) => type === 'wallet.changed');
  expect(told.map(({ data }) => [data.change.kind, data.availableMinor])).toEqual([['wallet.top_up', 700]]);
});

test('a top-up that comes after its time, or after it was cancelled, is credited all the same', async () => {
  for (const end of ['expire', 'cancel'] as const) {
    const user = await market.user();
    till.behaviour = 'late';
    const { payment } = await market.ok(user, 'wallet.topUp', { amountMinor: 900, currency: 'USD', method: 'sandbox' });
    await market.runJob('payments.submit');
    till.behaviour = 'succeed';
    if (end === 'cancel') await market.ok(user, 'payments.cancel', { paymentId: payment.id });
    travel(market, 900_001);
    await market.runJob('payments.expireTopUps');
    const state = { expire: 'expired', cancel: 'cancelled' }[end];
    expect(await market.ok(user, 'payments.get', { paymentId: payment.id })).toMatchObject({ state });
    await bankReports(market, till);
    expect(await market.ok(user, 'payments.get', { paymentId: payment.id })).toMatchObject({ state: 'captured_late' });
    expect(await walletOf(market, user)).toEqual({ available: 900, reserved: 0 });
  }
});

test('a top-up that says another amount, currency, mode or account is refused', async () => {
  const user = await market.user();
  const { payment } = await market.ok(user, 'wallet.topUp', { amountMinor: 100, currency: 'USD', method: 'sandbox' });
  await market.runJob('payments.submit');
  const charge = await till.bank.find(payment.id);
  till.refusals.length = 0;
  for (const change of [
    { amountMinor: 10_000, captures: [{ id: 'cap_more', amountMinor: 10_000 }] },
    { currency: 'EUR' },
    { livemode: true },
    { account: 'acct_somebody_else' },
  ]) {
    const captures = [{ id: `cap_${charge?.id}`, amountMinor: 100 }];
    const body = JSON.stringify({
      id: crypto.randomUUID(),
      charge: { ...charge, status: 'captured', captures, ...change },
    });
    const atMs = Date.now() + market.clock.offsetMs;
    expect(await receive(market, body, { 'soko-signature': sign(body, { secret, atMs }) })).toBe(true);
    await market.runJob('payments.process');
  }
  expect(till.refusals.map(({ reason }) => reason)).toEqual([
    'amount_mismatch',
    'currency_mismatch',
    'livemode_mismatch',
    'account_mismatch',
  ]);
  expect(await walletOf(market, user)).toEqual({ available: 0, reserved: 0 });
});

test('the wallet pays at once, and the seller sees the order placed', async () => {
  const bought = await rich(3_000);
  const [first, ...others] = await Promise.all([1, 2, 3].map(() => startWith('wallet', bought)));
  const answers = [first, ...others].filter((reply) => reply?.ok);
  expect(answers).toHaveLength(1);
  expect(answers[0]).toMatchObject({ data: { payment: { state: 'captured', method: 'wallet', amountMinor: 2_500 } } });
  expect(await walletOf(market, bought.buyer)).toEqual({ available: 500, reserved: 0 });
  expect(await held(market, accounts.escrow(bought.orderId))).toBe(2_500);
  expect(await market.ok(bought.seller, 'orders.get', { orderId: bought.orderId })).toMatchObject({ state: 'placed' });
});

test('a wallet that has too little pays nothing', async () => {
  const bought = await rich(2_499);
  expect(await startWith('wallet', bought)).toMatchObject({ ok: false, error: { code: 'payments.insufficient' } });
  expect(await walletOf(market, bought.buyer)).toEqual({ available: 2_499, reserved: 0 });
  expect(await groupOf(market, bought)).toMatchObject({ state: 'awaiting_payment', walletMinor: 0 });
  expect(await market.ok(bought.buyer, 'payments.list')).toMatchObject({ items: [{ purpose: 'top_up' }] });
});

test('one wallet pays one of many purchases that it has the money for once', async () => {
  const buyer = await market.user();
  await topUp(market, till, { user: buyer, amountMinor: 2_500 });
  const bought = await Promise.all(
    Array.from({ length: 6 }, async () => {
      const made = await purchase(market);
      return { made, group: await orderFor(buyer, made.listingId) };
    }),
  );
  const replies = await Promise.all(
    bought.map(({ group }) => market.call(buyer, 'payments.start', { orderGroupId: group, method: 'wallet' })),
  );
  expect(replies.filter(({ ok }) => ok)).toHaveLength(1);
  expect(await walletOf(market, buyer)).toEqual({ available: 0, reserved: 0 });
});

async function orderFor(buyer: TestUser, listingId: string): Promise<string> {
  const input = { listingId, quantity: 1, delivery: { method: 'pickup' }, paymentMethod: 'wallet' };
  return (await market.ok(buyer, 'orders.place', input)).id;
}

test('the wallet pays a part, the bank the rest, and each gets its part back', async () => {
  const bought = await rich(1_000);
  await payPartly(market, bought, 1_000);
  const paymentId = await pay(market, bought);
  expect(await till.bank.find(paymentId)).toMatchObject({ amountMinor: 1_500 });
  expect(await walletOf(market, bought.buyer)).toEqual({ available: 0, reserved: 1_000 });
  await bankReports(market, till);
  expect(await held(market, accounts.escrow(bought.orderId))).toBe(2_500);
  expect(await walletOf(market, bought.buyer)).toEqual({ available: 0, reserved: 0 });
  await market.ok(bought.seller, 'orders.reject', { orderId: bought.orderId });
  await market.runJob('payments.settle');
  const order = () => market.ok(bought.buyer, 'orders.get', { orderId: bought.orderId });
  expect(await order()).toMatchObject({ refund: { state: 'pending' }, refundedMinor: 1_000 });
  expect(await walletOf(market, bought.buyer)).toEqual({ available: 1_000, reserved: 0 });
  await refundAll(market, till);
  expect(await order()).toMatchObject({ refund: { state: 'refunded', amountMinor: 2_500 }, refundedMinor: 2_500 });
  expect(await market.ok(bought.buyer, 'payments.get', { paymentId })).toMatchObject({ refundedMinor: 1_500 });
});

test('what was held is given back when the bank declines and the time runs out, or the buyer cancels', async () => {
  for (const end of ['expire', 'cancel'] as const) {
    const bought = await rich(1_000);
    await payPartly(market, bought, 1_000);
    till.behaviour = 'decline';
    await pay(market, bought);
    await bankReports(market, till);
    till.behaviour = 'succeed';
    expect(await walletOf(market, bought.buyer)).toEqual({ available: 0, reserved: 1_000 });
    if (end === 'cancel') await market.ok(bought.buyer, 'orders.cancel', { orderId: bought.orderId });
    travel(market, 900_001);
    await market.runJob('orders.expireUnpaid');
    expect(await walletOf(market, bought.buyer)).toEqual({ available: 1_000, reserved: 0 });
  }
});

async function lateAfter(end: (bought: Purchase) => Promise<unknown>) {
  const bought = await rich(1_000);
  await payPartly(market, bought, 1_000);
  till.behaviour = 'late';
  const paymentId = await pay(market, bought);
  till.behaviour = 'succeed';
  travel(market, 900_001);
  await market.runJob('orders.expireUnpaid');
  await market.runJob('payments.settle');
  await end(bought);
  await bankReports(market, till);
  await refundAll(market, till);
  return {
    wallet: await walletOf(market, bought.buyer),
    order: await market.ok(bought.buyer, 'orders.get', { orderId: bought.orderId }),
    payment: await market.ok(bought.buyer, 'payments.get', { paymentId }),
    stock: await stockOf(market, bought.listingId),
  };
}

test('money that comes after the end takes the wallet’s part again', async () => {
  expect(await lateAfter(async () => {})).toMatchObject({
    wallet: { available: 0, reserved: 0 },
    order: { state: 'placed', refund: null },
    payment: { state: 'captured_late', refundedMinor: 0 },
    stock: { quantity: 4 },
  });
});

test('money that comes after the end goes back when the wallet’s part was spent meanwhile', async () => {
  const spend = async ({ buyer }: Purchase) =>
    market.ok(buyer, 'payments.start', { orderGroupId: await small(buyer), method: 'wallet' });
  expect(await lateAfter(spend)).toMatchObject({
    wallet: { available: 700, reserved: 0 },
    order: { state: 'payment_expired', refund: { state: 'refunded', amountMinor: 1_500 } },
    payment: { state: 'captured_late', refundedMinor: 1_500 },
    stock: { quantity: 5, reserved: 0 },
  });
});

/** Something for 300. */
async function small(buyer: TestUser): Promise<string> {
  return orderFor(buyer, (await purchase(market, { priceMinor: 300 })).listingId);
}

test('what the wallet holds a part of may be paid by it whole, and by nothing else when nothing is left', async () => {
  const bought = await rich(2_500);
  await payPartly(market, bought, 1_000);
  expect(await startWith('wallet', bought)).toMatchObject({ ok: true });
  expect(await walletOf(market, bought.buyer)).toEqual({ available: 0, reserved: 0 });
  expect(await held(market, accounts.escrow(bought.orderId))).toBe(2_500);
  const covered = await rich(2_500);
  await payPartly(market, covered, 2_500);
  const refused = { ok: false, error: { code: 'payments.method_unavailable' } };
  expect(await startWith('sandbox', covered)).toMatchObject(refused);
  expect(await startWith('wallet', covered)).toMatchObject({ ok: true });
  expect(await held(market, accounts.escrow(covered.orderId))).toBe(2_500);
});

test('a purchase that the wallet paid is refunded into it at once, without a provider', async () => {
  const bought = await rich(2_500);
  await startWith('wallet', bought);
  await market.ok(bought.buyer, 'orders.cancel', { orderId: bought.orderId });
  await market.runJob('payments.settle');
  expect(await market.ok(bought.buyer, 'orders.get', { orderId: bought.orderId })).toMatchObject({
    refund: { state: 'refunded', amountMinor: 2_500 },
  });
  expect(await walletOf(market, bought.buyer)).toEqual({ available: 2_500, reserved: 0 });
});

test('cancelling while the rest is captured ends in one of two whole outcomes for the wallet too', async () => {
  for (let round = 0; round < 6; round += 1) {
    const bought = await rich(1_000, { quantity: 1 });
    await payPartly(market, bought, 1_000);
    await pay(market, bought);
    travel(market, confirmAfterMs + 1);
    await till.bank.deliverDue();
    await Promise.all([
      market.call(bought.buyer, 'orders.cancel', { orderId: bought.orderId }),
      market.runJob('payments.process'),
      market.runJob('payments.settle'),
    ]);
    await refundAll(market, till);
    const { state, refundedMinor } = await market.ok(bought.buyer, 'orders.get', { orderId: bought.orderId });
    const { available, reserved } = await walletOf(market, bought.buyer);
    const escrow = await held(market, accounts.escrow(bought.orderId));
    expect([
      ['placed', 0, 0, 0, 2_500],
      ['cancelled', 2_500, 1_000, 0, 0],
    ]).toContainEqual([state, refundedMinor, available, reserved, escrow]);
  }
});

test('starting with the wallet while another method is charged pays by one of them', async () => {
  for (let round = 0; round < 4; round += 1) {
    const bought = await rich(2_500);
    const replies = await Promise.all([startWith('wallet', bought), startWith('sandbox', bought)]);
    expect(replies.filter(({ ok }) => ok)).toHaveLength(1);
    await market.runJob('payments.submit');
    await bankReports(market, till);
    expect(await held(market, accounts.escrow(bought.orderId))).toBe(2_500);
    const { available } = await walletOf(market, bought.buyer);
    expect(available).toBe(replies[0]?.ok ? 0 : 2_500);
  }
});
