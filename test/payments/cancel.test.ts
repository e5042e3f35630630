import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Harness } from '../support/harness.ts';
import { stockOf } from '../orders/stall.ts';
import { bankReports, confirmAfterMs, createMarket, paid, pay, purchase, travel, type Till } from './bank.ts';

let market: Harness;
let till: Till;
beforeAll(async () => {
  ({ market, till } = await createMarket());
});
afterAll(() => market.close());

test('a cancelled attempt is stopped at the bank, and the order can be paid by another', async () => {
  const bought = await purchase(market);
  const paymentId = await pay(market, bought);
  expect(await market.ok(bought.buyer, 'payments.cancel', { paymentId })).toMatchObject({
    state: 'cancelled',
    allowedActions: [],
  });
  expect(await market.fails(bought.buyer, 'payments.cancel', { paymentId })).toBe('payments.not_possible');
  await market.runJob('payments.poll');
  expect(await till.bank.find(paymentId)).toMatchObject({ status: 'cancelled' });
  await bankReports(market, till);
  await pay(market, bought);
  await bankReports(market, till);
  expect(await market.ok(bought.buyer, 'orders.get', { orderId: bought.orderId })).toMatchObject({ state: 'placed' });
});

test('cancelling the order while its success arrives ends in one of two whole outcomes', async () => {
  for (let round = 0; round < 8; round += 1) {
    const bought = await purchase(market, { quantity: 1 });
    await pay(market, bought);
    travel(market, confirmAfterMs + 1);
    await till.bank.deliverDue();
    await Promise.all([
      market.call(bought.buyer, 'orders.cancel', { orderId: bought.orderId }),
      market.runJob('payments.process'),
      market.runJob('payments.settle'),
    ]);
    const { state, refund } = await market.ok(bought.buyer, 'orders.get', { orderId: bought.orderId });
    const stock = await stockOf(market, bought.listingId);
    expect([
      ['placed', undefined, 0, 0],
      ['cancelled', 2_500, 1, 0],
    ]).toContainEqual([state, refund?.amountMinor, stock.quantity, stock.reserved]);
  }
});

test('an order that does not come about after payment is refunded once and its stock returns', async () => {
  const endings = [
    ({ buyer, orderId }: Awaited<ReturnType<typeof paid>>) =>
      market.ok(buyer, 'orders.cancel', { orderId, reason: 'Changed my mind' }),
    ({ seller, orderId }: Awaited<ReturnType<typeof paid>>) =>
      market.ok(seller, 'orders.reject', { orderId, reason: 'It broke' }),
    async () => {
      travel(market, 72 * 3_600_000 + 1);
      await market.runJob('orders.cancelUnanswered');
    },
  ];
  for (const end of endings) {
    const bought = await paid(market, till);
    await end(bought);
    const order = () => market.ok(bought.buyer, 'orders.get', { orderId: bought.orderId });
    expect((await order()).refund).toEqual({ state: 'due', amountMinor: 2_500 });
    expect(await stockOf(market, bought.listingId)).toMatchObject({ quantity: 5, reserved: 0 });
    await Promise.all([1, 2].map(() => market.runJob('payments.settle')));
    expect((await order()).refund.state).toBe('pending');
    await Promise.all([1, 2].map(() => market.runJob('payments.refund')));
    await bankReports(market, till);
    expect((await order()).refund.state).toBe('refunded');
    expect(await market.ok(bought.buyer, 'payments.get', { paymentId: bought.paymentId })).toMatchObject({
      state: 'captured',
      capturedMinor: 2_500,
      refundedMinor: 2_500,
    });
    expect(await refundsOf(bought.paymentId)).toBe(1);
  }
});

test('a refund that the bank fails is credited to the wallet, and the order counts it as refunded', async () => {
  till.behaviour = 'refund_fails';
  const bought = await paid(market, till);
  till.behaviour = 'succeed';
  await market.ok(bought.seller, 'orders.reject', { orderId: bought.orderId });
  await market.runJob('payments.settle');
  await market.runJob('payments.refund');
  await bankReports(market, till);
  expect(await market.ok(bought.buyer, 'orders.get', { orderId: bought.orderId })).toMatchObject({
    refund: { state: 'refunded', amountMinor: 2_500 },
    refundedMinor: 2_500,
  });
  const last = (await market.inboxOf(bought.buyer)).findLast(({ type }) => type === 'payment.changed');
  expect(last?.data).toMatchObject({ refundedMinor: 0, change: { kind: 'refund_failed', amountMinor: 2_500 } });
  const wallet = (await market.inboxOf(bought.buyer)).findLast(({ type }) => type === 'wallet.changed');
  expect(wallet?.data).toMatchObject({ availableMinor: 2_500, reservedMinor: 0 });
});

async function refundsOf(paymentId: string): Promise<number> {
  const rows = await market.database.orm.em.getConnection().execute(
    `select count(*)::int as n from sandbox_refund r join sandbox_charge c on c.id = r.charge_id
     where c.attempt_id = ?`,
    [paymentId],
  );
  return (rows as unknown as { n: number }[])[0]?.n ?? 0;
}
