import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { accounts } from '../../src/domain/ledger/index.ts';
import { credit } from '../cart/basket.ts';
import { listingOf, pickup } from '../orders/stall.ts';
import {
  bankReports,
  confirmAfterMs,
  createMarket,
  paid,
  pay,
  purchase,
  refundAll,
  travel,
  type Till,
} from '../payments/bank.ts';
import { topUp } from '../payments/money.ts';
import { promoOf } from '../promos/promo.ts';
import type { Harness, TestUser } from '../support/harness.ts';
import { chargebackFact as fact, debtOf, lost, tell, walletOf, won } from './bank-objects.ts';
import {
  balance,
  claimed,
  delivered,
  escrowOf,
  expectBooksToBalance,
  handOver,
  payoutOf,
  sentBack,
  stateOf,
  type Bought,
} from './court.ts';

// Whose money a chargeback takes, by what the payment has paid for and by how far that has come.

let market: Harness;
let till: Till;
beforeAll(async () => {
  ({ market, till } = await createMarket());
});
afterAll(() => market.close());
afterEach(() => expectBooksToBalance(market));

const losses = () => balance(market, accounts.losses);
const atBank = async () => -(await balance(market, accounts.clearing('sandbox')));
const of = (amountMinor: number) => ({ amountMinor });

async function toppedUp(amountMinor: number): Promise<{ user: TestUser; paymentId: string }> {
  const user = await market.user();
  return { user, paymentId: await topUp(market, till, { user, amountMinor }) };
}

test('a top-up that is still there is taken from the wallet, and is back when the bank refuses the payer', async () => {
  const { user, paymentId } = await toppedUp(1_000);
  const before = await losses();
  await tell(market, fact(paymentId, of(1_000)));
  expect([await walletOf(market, user), await losses()]).toEqual([0, before]);
  await tell(market, fact(paymentId, { ...of(1_000), ...won }));
  expect([await walletOf(market, user), await losses()]).toEqual([1_000, before]);
});

/** A top-up of 30.00 of which 25.00 are held for an order. */
async function spent() {
  const { user, paymentId } = await toppedUp(3_000);
  const listingId = await listingOf(market, await market.user());
  const group = await market.ok(user, 'orders.place', { listingId, quantity: 1, ...pickup, walletMinor: 2_400 });
  return { user, paymentId, listingId, orderId: group.orders[0].id as string };
}
const owes = (user: TestUser) => balance(market, accounts.debt(user.actor.userId)).then(Math.abs);

test('of a top-up that is spent the wallet pays what it has, and its owner owes what is missing', async () => {
  const { user, paymentId } = await spent();
  const before = await losses();
  await tell(market, fact(paymentId, of(3_000)), fact(paymentId, { ...of(3_000), ...lost }));
  expect([await walletOf(market, user), await owes(user), await losses()]).toEqual([0, 2_400, before]);
});

test('money that a bank has taken back cannot be withdrawn by way of a cancelled order, nor spent again', async () => {
  const { user, paymentId, orderId, listingId } = await spent();
  await tell(market, fact(paymentId, { ...of(3_000), ...lost }));
  await market.ok(user, 'orders.cancel', { orderId });
  expect(await walletOf(market, user)).toBe(2_400);
  await market.ok(user, 'payouts.onboard', {});
  const withdrawal = { amountMinor: 2_400, currency: 'USD' };
  expect(await market.fails(user, 'wallet.withdraw', withdrawal)).toBe('wallet.insufficient');
  const again = { listingId, quantity: 1, ...pickup, walletMinor: 1 };
  expect(await market.fails(user, 'orders.place', again)).toBe('orders.wallet_insufficient');
  await credit(market, user, 500);
  await market.ok(user, 'wallet.withdraw', { ...withdrawal, amountMinor: 500 });
  expect([await walletOf(market, user), await owes(user)]).toEqual([0, 0]);
});

test('won after the debt was paid, a top-up is whole in the wallet again', async () => {
  const { user, paymentId } = await spent();
  await tell(market, fact(paymentId, of(3_000)));
  await credit(market, user, 1_000);
  await market.ok(user, 'payouts.onboard', {});
  expect(await market.fails(user, 'wallet.withdraw', { amountMinor: 1_000, currency: 'USD' })).toBe(
    'wallet.insufficient',
  );
  await credit(market, user, 1_900);
  await market.ok(user, 'wallet.withdraw', { amountMinor: 200, currency: 'USD' });
  expect([await walletOf(market, user), await owes(user)]).toEqual([300, 0]);
  await tell(market, fact(paymentId, { ...of(3_000), ...won }));
  expect([await walletOf(market, user), await owes(user)]).toEqual([3_300, 0]);
});

/** An order for 25.00 of which a code pays 2.50, the wallet 5.00 and the card 17.50. */
async function mixed(): Promise<Bought & { promoBefore: number }> {
  const [seller, buyer] = [await market.user(), await market.user()];
  await credit(market, buyer, 500);
  const { code } = await promoOf(market);
  const promoBefore = await balance(market, accounts.promo);
  const listingId = await listingOf(market, seller);
  const input = { listingId, quantity: 1, ...pickup, walletMinor: 500, promo: code };
  const group = await market.ok(buyer, 'orders.place', input);
  const bought = { seller, buyer, listingId, groupId: group.id, orderId: group.orders[0].id };
  const paymentId = await pay(market, bought);
  await bankReports(market, till);
  expect(await escrowOf(market, bought.orderId)).toMatchObject({ state: 'held', funded: 2_500 });
  return { ...bought, paymentId, promoBefore };
}

test('of an order with a discount and a wallet part only what the card paid is charged back', async () => {
  const found = await mixed();
  await tell(market, fact(found.paymentId, of(1_750)));
  expect(await escrowOf(market, found.orderId)).toMatchObject({ state: 'frozen', returned: 1_750 });
  await tell(market, fact(found.paymentId, { ...of(1_750), ...lost }));
  // The rest goes on as usual, here back to where it came from.
  expect(await escrowOf(market, found.orderId)).toMatchObject({ state: 'held', returned: 1_750 });
  await market.ok(found.seller, 'orders.reject', { orderId: found.orderId });
  await refundAll(market, till);
  expect(await walletOf(market, found.buyer)).toBe(500);
  expect(await balance(market, accounts.promo)).toBe(found.promoBefore);
  expect(await escrowOf(market, found.orderId)).toMatchObject({ state: 'refunded', returned: 2_500, released: 0 });
});

test('won, an order with a discount and a wallet part is refunded by all the ways it was paid', async () => {
  const found = await mixed();
  const before = await atBank();
  await tell(market, fact(found.paymentId, of(1_750)), fact(found.paymentId, { ...of(1_750), ...won }));
  await market.ok(found.buyer, 'orders.cancel', { orderId: found.orderId });
  await refundAll(market, till);
  expect([await walletOf(market, found.buyer), await atBank()]).toEqual([500, before - 1_750]);
  expect(await balance(market, accounts.promo)).toBe(found.promoBefore);
});

test('lost while a dispute is open, the dispute is over and nothing is left to decide', async () => {
  const found = await claimed(market, till);
  await tell(market, fact(found.paymentId), fact(found.paymentId, lost));
  expect(await stateOf(market, found)).toBe('refunded');
  const input = { disputeId: found.disputeId, outcome: 'buyer', note: 'Late.' };
  expect(await market.fails(found.moderator, 'disputes.resolve', input)).toBe('disputes.not_possible');
});

test.each([['buyer'], ['split', 1_000]] as const)(
  'a dispute that is opened while the bank has the money is decided about it once it is back (%s)',
  async (outcome, refundMinor?: number) => {
    const found = await paid(market, till);
    await tell(market, fact(found.paymentId));
    await handOver(market, found);
    const input = { orderId: found.orderId, reason: 'damaged', text: 'The shade is torn' };
    const { id: disputeId } = await market.ok(found.buyer, 'disputes.open', input);
    await tell(market, fact(found.paymentId, won));
    await market.ok(found.seller, 'disputes.respond', { disputeId, text: 'It was whole' });
    const moderator = await market.user({ roles: ['moderator'] });
    await market.ok(moderator, 'disputes.claim', { disputeId });
    const decision = { disputeId, outcome, note: 'As the photos show.', ...(refundMinor && { refundMinor }) };
    await market.ok(moderator, 'disputes.resolve', decision);
    await refundAll(market, till);
    expect(await sentBack(market, found.orderId)).toBe(refundMinor ?? 2_500);
  },
);

test.each(['paid', 'payout_fails_later'] as const)(
  'charged back while the payout is at the bank (%s), the seller owes what was paid out',
  async (behaviour) => {
    till.payoutBehaviour = behaviour;
    const found = await delivered(market, till);
    await market.ok(found.seller, 'payouts.onboard', {});
    await market.ok(found.buyer, 'orders.confirmReceived', { orderId: found.orderId });
    for (const job of ['orders.complete', 'payouts.make', 'payouts.batch', 'payouts.submit']) await market.runJob(job);
    expect(await payoutOf(market, found)).toBe(2_375);
    await tell(market, fact(found.paymentId));
    for (let told = 0; told < 3; told += 1) {
      await bankReports(market, till);
      await market.runJob('payouts.apply');
    }
    await tell(market, fact(found.paymentId, lost));
    const wallet = await walletOf(market, found.seller);
    expect([await debtOf(market, found), await payoutOf(market, found), wallet]).toEqual([
      -2_500,
      0,
      behaviour === 'paid' ? 0 : 2_375,
    ]);
    till.payoutBehaviour = 'paid';
  },
);

test('a refund that was not sent yet is not sent any more when the bank gives the same money', async () => {
  const found = await delivered(market, till);
  const before = await losses();
  const { id } = await market.ok(found.buyer, 'refunds.request', { orderId: found.orderId, reason: 'Broken' });
  await market.ok(found.seller, 'refunds.approve', { refundRequestId: id });
  const bank = await atBank();
  await tell(market, fact(found.paymentId), fact(found.paymentId, lost));
  await refundAll(market, till);
  await refundAll(market, till);
  expect([await atBank(), await losses(), await walletOf(market, found.buyer)]).toEqual([bank - 2_500, before, 0]);
  expect(await market.ok(found.buyer, 'orders.get', { orderId: found.orderId })).toMatchObject({
    refund: { state: 'refunded' },
  });
});

/** Money that came after another attempt had paid: it goes back, and a chargeback of it is open before it does. */
async function surplus(): Promise<{ paymentId: string; buyer: TestUser }> {
  till.behaviour = 'late';
  const bought = await purchase(market);
  const paymentId = await pay(market, bought);
  await market.ok(bought.buyer, 'payments.cancel', { paymentId });
  till.behaviour = 'succeed';
  await pay(market, bought);
  await bankReports(market, till);
  travel(market, 60 * confirmAfterMs);
  await bankReports(market, till);
  await tell(market, fact(paymentId));
  return { paymentId, buyer: bought.buyer };
}

test('money that is no order’s waits while the bank looks, and is not sent when the bank has given it', async () => {
  const before = await losses();
  const { paymentId } = await surplus();
  const bank = await atBank();
  await refundAll(market, till);
  expect(await atBank()).toBe(bank);
  await tell(market, fact(paymentId, lost));
  await refundAll(market, till);
  expect([await atBank(), await losses()]).toEqual([bank, before]);
});

test('money that is no order’s goes back once the bank has refused the payer', async () => {
  const before = await losses();
  const { paymentId, buyer } = await surplus();
  await tell(market, fact(paymentId, won));
  await refundAll(market, till);
  expect(await market.ok(buyer, 'payments.get', { paymentId })).toMatchObject({ refundedMinor: 2_500 });
  expect(await losses()).toBe(before);
});

test('a refund that comes back after the bank has given the same money makes the loss good', async () => {
  till.behaviour = 'refund_reverses';
  const found = await delivered(market, till).finally(() => (till.behaviour = 'succeed'));
  const before = await losses();
  const { id } = await market.ok(found.buyer, 'refunds.request', { orderId: found.orderId, reason: 'Broken' });
  await market.ok(found.seller, 'refunds.approve', { refundRequestId: id });
  await market.runJob('payments.refund');
  await bankReports(market, till);
  await tell(market, fact(found.paymentId), fact(found.paymentId, lost));
  expect(await losses()).toBe(before - 2_500);
  await bankReports(market, till);
  expect([await losses(), await walletOf(market, found.buyer)]).toEqual([before, 0]);
});
