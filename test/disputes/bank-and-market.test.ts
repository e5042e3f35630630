import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { accounts } from '../../src/domain/ledger/index.ts';
import { paymentProvidersPort, type PaymentProvider } from '../../src/domain/payments/index.ts';
import { bankReports, createMarket, paid, pay, refundAll, travel, type Till } from '../payments/bank.ts';
import { listingOf, pickup } from '../orders/stall.ts';
import { confirmedUpload } from '../support/disk.ts';
import type { Harness, TestUser } from '../support/harness.ts';
import { chargebackFact as fact, debtOf, lost, tell, theirs, walletOf, won } from './bank-objects.ts';
import {
  balance,
  claimed,
  delivered,
  escrowOf,
  expectBooksToBalance,
  sentBack,
  stateOf,
  type Bought,
} from './court.ts';

let market: Harness;
let till: Till;
beforeAll(async () => {
  ({ market, till } = await createMarket());
});
afterAll(() => market.close());
afterEach(() => expectBooksToBalance(market));

const reason = 'It does not light up';

test('a refund and a chargeback: the seller pays once, and the refund is not sent while the bank looks', async () => {
  const found = await delivered(market, till);
  const { id } = await market.ok(found.buyer, 'refunds.request', { orderId: found.orderId, reason });
  await market.ok(found.seller, 'refunds.approve', { refundRequestId: id });
  await tell(market, fact(found.paymentId));
  expect([await sentBack(market, found.orderId), await debtOf(market, found)]).toEqual([2_500, 0]);
  await refundAll(market, till);
  expect(await market.ok(found.buyer, 'payments.get', { paymentId: found.paymentId })).toMatchObject({
    refundedMinor: 0,
  });
  await tell(market, fact(found.paymentId, won));
  await refundAll(market, till);
  expect(await market.ok(found.buyer, 'payments.get', { paymentId: found.paymentId })).toMatchObject({
    refundedMinor: 2_500,
  });
});

/** A whole refund that is with the bank when the chargeback opens, and that the bank then fails. */
async function failedRefund(): Promise<Bought> {
  till.behaviour = 'refund_fails';
  const found = await delivered(market, till).finally(() => (till.behaviour = 'succeed'));
  const { id } = await market.ok(found.buyer, 'refunds.request', { orderId: found.orderId, reason });
  await market.ok(found.seller, 'refunds.approve', { refundRequestId: id });
  await market.runJob('payments.refund');
  await tell(market, fact(found.paymentId));
  await bankReports(market, till);
  expect(await walletOf(market, found.buyer)).toBe(0);
  return found;
}

test('a refund that fails while the bank looks is not credited, and covers the loss when the bank pays', async () => {
  const before = await balance(market, accounts.losses);
  const found = await failedRefund();
  expect(await balance(market, accounts.losses)).toBe(before - 2_500);
  await tell(market, fact(found.paymentId, lost));
  expect([await walletOf(market, found.buyer), await balance(market, accounts.losses)]).toEqual([0, before]);
  expect(await debtOf(market, found)).toBe(0);
});

test('a refund that fails while the bank looks is credited once the bank has refused the buyer', async () => {
  const found = await failedRefund();
  await tell(market, fact(found.paymentId, won), fact(found.paymentId, won));
  expect(await walletOf(market, found.buyer)).toBe(2_500);
});

test('what is due back to a rejected order waits for the bank, and is never paid twice', async () => {
  const found = await paid(market, till);
  await tell(market, fact(found.paymentId));
  await market.ok(found.seller, 'orders.reject', { orderId: found.orderId });
  await refundAll(market, till);
  expect(await sentBack(market, found.orderId)).toBe(0);
  await tell(market, fact(found.paymentId, lost));
  await refundAll(market, till);
  expect(await sentBack(market, found.orderId)).toBe(0);
  expect(await escrowOf(market, found.orderId)).toMatchObject({ state: 'refunded', returned: 2_500 });
});

test('moderators cannot give money back that the bank may give, and a loss there ends the dispute', async () => {
  const found = await claimed(market, till);
  await tell(market, fact(found.paymentId));
  const { disputeId } = found;
  const decide = (fields: object) => ({ disputeId, note: 'So', ...fields });
  expect(await market.fails(found.moderator, 'disputes.resolve', decide({ outcome: 'buyer' }))).toBe(
    'refunds.chargeback_open',
  );
  expect(await market.fails(found.seller, 'disputes.respond', { disputeId, concede: true })).toBe(
    'refunds.chargeback_open',
  );
  await tell(market, fact(found.paymentId, lost));
  expect(await market.ok(found.buyer, 'disputes.get', { disputeId })).toMatchObject({
    state: 'resolved_buyer',
    refundMinor: 0,
  });
  expect(await stateOf(market, found)).toBe('refunded');
});

test('decided for the seller while the bank looks, the money waits for the bank', async () => {
  const found = await claimed(market, till);
  const { disputeId } = found;
  await tell(market, fact(found.paymentId));
  await market.ok(found.moderator, 'disputes.resolve', { disputeId, outcome: 'seller', note: 'So' });
  await market.runJob('orders.complete');
  expect(await escrowOf(market, found.orderId)).toMatchObject({ state: 'frozen', released: 0 });
  await tell(market, fact(found.paymentId, won));
  await market.runJob('orders.complete');
  expect(await escrowOf(market, found.orderId)).toMatchObject({ state: 'released', released: 2_500 });
});

test('won at the bank, a dispute of ours goes on', async () => {
  const found = await claimed(market, till);
  await tell(market, fact(found.paymentId), fact(found.paymentId, won));
  expect(await stateOf(market, found)).toBe('disputed');
  expect(await escrowOf(market, found.orderId)).toMatchObject({ state: 'frozen', returned: 0 });
  const decision = { disputeId: found.disputeId, outcome: 'buyer', note: 'So' };
  await market.ok(found.moderator, 'disputes.resolve', decision);
  expect(await sentBack(market, found.orderId)).toBe(2_500);
});

test('messages that do not fit the payment are refused, and move nothing', async () => {
  const found = await delivered(market, till);
  const { paymentId } = found;
  await tell(
    market,
    fact(paymentId, { livemode: true }),
    fact(paymentId, { currency: 'EUR' }),
    fact(paymentId, { amountMinor: 2_501 }),
    fact(crypto.randomUUID()),
    fact(paymentId),
    fact(paymentId, { providerRef: 'dp_second', amountMinor: 1 }),
  );
  const { rows } = await sql<{ reason: string | null }>`
    select reason from provider_event where subject = 'chargeback' and fact ->> 'attemptId' = ${paymentId}
    order by received_at, id`.execute(market.database.sql);
  expect(rows.map(({ reason: why }) => why)).toEqual([
    'livemode_mismatch',
    'currency_mismatch',
    'amount_mismatch',
    null,
    'amount_mismatch',
  ]);
  expect(await escrowOf(market, found.orderId)).toMatchObject({ returned: 2_500 });
});

test('a seller sees their own part, admins the whole, and nobody else anything', async () => {
  const found = await delivered(market, till);
  await tell(market, fact(found.paymentId));
  const { id: chargebackId } = await theirs(market, found);
  const own = await market.ok(found.seller, 'chargebacks.get', { chargebackId });
  expect(own).toMatchObject({ role: 'seller', orderIds: [found.orderId] });
  expect(own).not.toHaveProperty('paymentId');
  const admin = await market.user({ roles: ['admin'] });
  const whole = await market.ok(admin, 'chargebacks.get', { chargebackId });
  expect(whole).toMatchObject({ role: 'staff', shares: [{ orderId: found.orderId, escrowMinor: 2_500 }] });
  for (const stranger of [found.buyer, await market.user({ roles: ['moderator'] })]) {
    expect(await market.fails(stranger, 'chargebacks.get', { chargebackId })).toBe('chargebacks.not_found');
    expect(await market.fails(stranger, 'chargebacks.list', { as: 'staff' })).toBe('auth.forbidden');
  }
  const told = (await market.inboxOf(found.seller)).filter(({ type }) => type === 'chargeback.changed');
  expect(told.map(({ data }) => data.change.kind)).toEqual(['opened']);
});

test('evidence goes to the provider, again until it answers, and not after the decision', async () => {
  const found = await delivered(market, till);
  await tell(market, fact(found.paymentId));
  const { id: chargebackId } = await theirs(market, found);
  const photo = await confirmedUpload(market, found.seller, { purpose: 'evidence' });
  await market.runJob('uploads.process');
  const sent: { chargebackRef: string; text: string; urls: readonly string[] }[] = [];
  let isUp = false;
  const provider: PaymentProvider = {
    ...till.provider,
    async submitEvidence(evidence) {
      if (!isUp) throw new Error('no connection');
      sent.push(evidence);
      return fact(found.paymentId, { status: 'under_review' });
    },
  };
  market.ports.bind(paymentProvidersPort, new Map([['sandbox', provider]]));
  const evidence = { chargebackId, text: 'They signed for it', evidenceIds: [photo] };
  await market.ok(found.seller, 'chargebacks.submitEvidence', evidence);
  const admin = await market.user({ roles: ['admin'] });
  await market.ok(admin, 'chargebacks.submitEvidence', { chargebackId, text: 'A known buyer' });
  await market.runJob('chargebacks.sendEvidence');
  isUp = true;
  await market.runJob('chargebacks.sendEvidence');
  expect(sent).toEqual([]);
  travel(market, 61_000);
  await market.runJob('chargebacks.sendEvidence');
  await market.runJob('chargebacks.sendEvidence');
  expect(sent).toEqual([
    { chargebackRef: `dp_${found.paymentId}`, text: 'They signed for it\n\nA known buyer', urls: [expect.any(String)] },
  ]);
  await market.runJob('chargebacks.process');
  const own = await theirs(market, found);
  expect(own).toMatchObject({ state: 'under_review', evidence: [{ text: 'They signed for it' }] });
  await tell(market, fact(found.paymentId, lost));
  expect(await market.fails(found.seller, 'chargebacks.submitEvidence', evidence)).toBe('chargebacks.decided');
  expect(await market.fails(found.buyer, 'chargebacks.submitEvidence', evidence)).toBe('chargebacks.not_found');
});

/** One payment for the orders of two sellers. */
async function paidToTwo(): Promise<Bought & { other: TestUser; otherOrderId: string }> {
  const [buyer, seller, other] = [await market.user(), await market.user(), await market.user()];
  const listingId = await listingOf(market, seller);
  for (const id of [listingId, await listingOf(market, other, { priceMinor: 1_001 })]) {
    await market.ok(buyer, 'cart.setItem', { listingId: id, quantity: 1 });
  }
  const group = await market.ok(buyer, 'cart.checkout', pickup);
  const orderOf = (user: TestUser): string =>
    group.orders.find((order: { seller: { id: string } }) => order.seller.id === user.id).id;
  const bought = { seller, buyer, listingId, groupId: group.id, orderId: orderOf(seller) };
  const paymentId = await pay(market, bought);
  await bankReports(market, till);
  return { ...bought, paymentId, other, otherOrderId: orderOf(other) };
}

test('a payment to two sellers: each bears a share in proportion, to the last unit', async () => {
  const found = await paidToTwo();
  await tell(market, fact(found.paymentId, { amountMinor: 1_000 }));
  expect((await escrowOf(market, found.orderId)).returned).toBe(714);
  expect((await escrowOf(market, found.otherOrderId)).returned).toBe(286);
  expect(await theirs(market, { seller: found.other })).toMatchObject({ amountMinor: 286, takenMinor: 286 });
  await tell(market, fact(found.paymentId, { amountMinor: 1_000, ...won }));
  expect((await escrowOf(market, found.orderId)).returned).toBe(0);
  expect((await escrowOf(market, found.otherOrderId)).returned).toBe(0);
});

test('a seller whose order was refunded bears nothing of a chargeback of the rest', async () => {
  const found = await paidToTwo();
  await market.ok(found.seller, 'orders.reject', { orderId: found.orderId });
  await refundAll(market, till);
  await tell(
    market,
    fact(found.paymentId, { amountMinor: 1_001 }),
    fact(found.paymentId, { amountMinor: 1_001, ...lost }),
  );
  expect((await escrowOf(market, found.orderId)).returned).toBe(2_500);
  expect(await escrowOf(market, found.otherOrderId)).toMatchObject({ state: 'refunded', returned: 1_001 });
  expect(await balance(market, accounts.debt(found.seller.actor.userId))).toBe(0);
});
