import { afterAll, beforeAll, expect, test } from 'vitest';
import { accounts, balanceOf, postTransfer } from '../../src/domain/ledger/index.ts';
import type { Harness } from '../support/harness.ts';
import { transact } from '../support/transact.ts';
import { createMarket, pay, purchase, travel, type Till } from '../payments/bank.ts';
import { listingOf, pickup, stockOf } from './stall.ts';

let market: Harness;
let till: Till;
beforeAll(async () => {
  ({ market, till } = await createMarket());
});
afterAll(() => market.close());

test('an unpaid order expires at its deadline, gives its stock back and ends its attempts to pay', async () => {
  till.behaviour = 'late';
  const bought = await purchase(market, { quantity: 1 });
  const paymentId = await pay(market, bought);
  await market.runJob('orders.expireUnpaid');
  expect(await stockOf(market, bought.listingId)).toMatchObject({ reserved: 1 });
  travel(market, 900_001);
  await market.runJob('orders.expireUnpaid');
  expect(await stockOf(market, bought.listingId)).toEqual({ quantity: 1, reserved: 0, state: 'active' });
  await market.runJob('payments.settle');
  expect(await market.ok(bought.buyer, 'payments.get', { paymentId })).toMatchObject({
    state: 'expired',
    allowedActions: [],
  });
  for (const user of [bought.buyer, bought.seller]) {
    const last = (await market.inboxOf(user)).findLast(({ type }) => type === 'order.changed');
    expect(last?.data).toMatchObject({
      state: 'payment_expired',
      deadline: null,
      allowedActions: [],
      change: { kind: 'expired' },
    });
  }
  till.behaviour = 'succeed';
});

test('sweeping again, at once or late, changes nothing more', async () => {
  const seller = await market.user();
  const listingId = await listingOf(market, seller, { quantity: 60 });
  const buyer = await market.user();
  // A few at a time: all wait for the one listing, and who waits longer than five seconds for a connection is refused.
  for (let round = 0; round < 5; round += 1) {
    const place = () => market.ok(buyer, 'orders.place', { listingId, quantity: 1, ...pickup });
    await Promise.all(Array.from({ length: 11 }, place));
  }
  expect(await stockOf(market, listingId)).toMatchObject({ reserved: 55 });
  travel(market, 86_400_000);
  await Promise.all([1, 2, 3].map(() => market.runJob('orders.expireUnpaid')));
  await market.runJob('orders.expireUnpaid');
  expect(await stockOf(market, listingId)).toEqual({ quantity: 60, reserved: 0, state: 'active' });
  const told = (await market.inboxOf(seller)).filter(({ data }) => data.change?.kind === 'expired');
  expect(told).toHaveLength(55);
});

test('however many groups hold a part of a wallet, one run ends them all and gives the money back', async () => {
  const [seller, buyer] = [await market.user(), await market.user()];
  const listingId = await listingOf(market, seller, { quantity: 120, priceMinor: 2_500 });
  const account = accounts.available(buyer.actor.userId);
  const postings = [
    { account: accounts.promo, amountMinor: -120_000 },
    { account, amountMinor: 120_000 },
  ];
  const credit = { kind: 'promo.credit', reference: crypto.randomUUID(), currency: 'USD', postings } as const;
  await transact(market, (tx) => postTransfer(tx, credit));
  // More than one transaction takes of them, and some without.
  const partOf = (index: number) => (index % 10 === 9 ? {} : { walletMinor: 1_000 });
  for (let round = 0; round < 12; round += 1) {
    const place = (index: number) =>
      market.ok(buyer, 'orders.place', { listingId, quantity: 1, ...pickup, ...partOf(index) });
    await Promise.all(Array.from({ length: 10 }, (_, index) => place(index)));
  }
  const balanceNow = () => transact(market, (tx) => balanceOf(tx.sql, account, 'USD'));
  expect(await balanceNow()).toBe(120_000 - 108_000);
  travel(market, 900_001);
  await market.runJob('orders.expireUnpaid');
  expect(await balanceNow()).toBe(120_000);
  expect(await stockOf(market, listingId)).toMatchObject({ quantity: 120, reserved: 0 });
});

test('the deadline counts without any sweep: a late payment is not started, a late acceptance fails', async () => {
  const bought = await purchase(market);
  travel(market, 900_001);
  expect(await market.fails(bought.buyer, 'payments.start', { orderGroupId: bought.groupId, method: 'sandbox' })).toBe(
    'payments.expired',
  );
  const db = market.database.orm.em.getConnection();
  await db.execute("update sub_order set state = 'placed' where id = ?", [bought.orderId]);
  expect(await market.fails(bought.seller, 'orders.accept', { orderId: bought.orderId })).toBe('orders.expired');
});
