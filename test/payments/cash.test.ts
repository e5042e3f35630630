import { afterAll, beforeAll, expect, test } from 'vitest';
import { fundCash, markRemitted } from '../../src/domain/escrow/index.ts';
import { accounts, mustPost } from '../../src/domain/ledger/index.ts';
import { lockOrder } from '../../src/domain/orders/index.ts';
import { recordCashCollected, recordCashRemitted, refundFromEscrow } from '../../src/domain/payments/index.ts';
import type { Harness } from '../support/harness.ts';
import { transact } from '../support/transact.ts';
import { createMarket, purchase, type Purchase, type Till } from './bank.ts';
import { byHub, held, imbalances, payPartly, topUp, walletOf } from './money.ts';

let market: Harness;
let till: Till;
const hubId = crypto.randomUUID();
beforeAll(async () => {
  ({ market, till } = await createMarket());
});
afterAll(async () => {
  expect(await imbalances(market)).toEqual([]);
  await market.close();
});

async function promised(walletMinor = 0): Promise<Purchase & { paymentId: string }> {
  const bought = await purchase(market);
  await byHub(market, bought);
  if (walletMinor > 0) {
    await topUp(market, till, { user: bought.buyer, amountMinor: walletMinor });
    await payPartly(market, bought, walletMinor);
  }
  const input = { orderGroupId: bought.groupId, method: 'cod' };
  const { payment } = await market.ok(bought.buyer, 'payments.start', input);
  return { ...bought, paymentId: payment.id };
}

/** What a hub's staff and then its closing do. */
async function collect({ orderId }: Purchase, amountMinor: number): Promise<string> {
  return transact(market, async (tx) => {
    await lockOrder(tx, orderId);
    const outcome = await fundCash(tx, { orderId, hubId, amountMinor });
    if (outcome === 'collected') await recordCashCollected(tx, { orderId, amountMinor });
    return outcome;
  });
}

async function remit({ orderId }: Purchase, amountMinor: number): Promise<void> {
  await transact(market, async (tx) => {
    await lockOrder(tx, orderId);
    await markRemitted(tx, orderId);
    const postings = [
      { account: accounts.cashClearing, amountMinor: -amountMinor },
      { account: accounts.cashAtHub(hubId), amountMinor },
    ];
    await mustPost(tx, { kind: 'cash.remit', reference: orderId, orderId, currency: 'USD', postings });
    await recordCashRemitted(tx, { orderIds: [orderId] });
  });
}

const paymentOf = ({ buyer, paymentId }: Purchase & { paymentId: string }) =>
  market.ok(buyer, 'payments.get', { paymentId });

test('cash is promised for what is delivered alone, and places the order', async () => {
  const fetched = await purchase(market);
  expect(await market.fails(fetched.buyer, 'payments.start', { orderGroupId: fetched.groupId, method: 'cod' })).toBe(
    'payments.method_unavailable',
  );
  const bought = await promised();
  expect(await paymentOf(bought)).toMatchObject({ state: 'cod_due', amountMinor: 2_500, allowedActions: [] });
  expect(await market.ok(bought.seller, 'orders.get', { orderId: bought.orderId })).toMatchObject({ state: 'placed' });
  expect(await held(market, accounts.escrow(bought.orderId))).toBe(0);
});

test('cash is collected and remitted once, whoever says so how often', async () => {
  const bought = await promised();
  const outcomes = await Promise.all([1, 2, 3].map(() => collect(bought, 2_500)));
  expect(outcomes.toSorted()).toEqual(['collected', 'known', 'known']);
  expect(await paymentOf(bought)).toMatchObject({ state: 'collected', capturedMinor: 2_500 });
  await remit(bought, 2_500);
  expect(await paymentOf(bought)).toMatchObject({ state: 'remitted', capturedMinor: 2_500 });
  expect(await held(market, accounts.cashAtHub(hubId))).toBe(0);
  const kinds = (await market.inboxOf(bought.buyer))
    .filter(({ type }) => type === 'payment.changed')
    .map(({ data }) => data.change.kind);
  expect(kinds).toEqual(['cod_due', 'collected', 'remitted']);
});

test('an order that is cancelled before its cash is collected owes nobody anything', async () => {
  const bought = await promised();
  await market.ok(bought.seller, 'orders.reject', { orderId: bought.orderId });
  await market.runJob('payments.settle');
  expect(await market.ok(bought.buyer, 'orders.get', { orderId: bought.orderId })).toMatchObject({
    state: 'rejected',
    refund: null,
  });
  expect(await paymentOf(bought)).toMatchObject({ state: 'cancelled', capturedMinor: 0 });
  expect(await collect(bought, 2_500)).toBe('not_due');
  expect(await walletOf(market, bought.buyer)).toEqual({ available: 0, reserved: 0 });
});

test('the wallet’s part of a cancelled order goes back alone, and collected cash goes into the wallet', async () => {
  const bought = await promised(1_000);
  expect(await paymentOf(bought)).toMatchObject({ amountMinor: 1_500 });
  await market.ok(bought.seller, 'orders.reject', { orderId: bought.orderId });
  await market.runJob('payments.settle');
  expect(await market.ok(bought.buyer, 'orders.get', { orderId: bought.orderId })).toMatchObject({
    refund: { state: 'refunded', amountMinor: 1_000 },
  });
  expect(await walletOf(market, bought.buyer)).toEqual({ available: 1_000, reserved: 0 });
  const other = await promised();
  await collect(other, 2_500);
  const refunded = await transact(market, (tx) => refundFromEscrow(tx, { orderId: other.orderId }));
  expect(refunded).toMatchObject({ refundedMinor: 2_500 });
  expect(await walletOf(market, other.buyer)).toEqual({ available: 2_500, reserved: 0 });
});
