import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { escrowSettingsPort } from '../../src/domain/escrow/index.ts';
import { accounts } from '../../src/domain/ledger/index.ts';
import { paymentProvidersPort, type PaymentProvider } from '../../src/domain/payments/index.ts';
import { bankReports, createMarket, paid, refundAll, travel, type Till } from '../payments/bank.ts';
import { stockOf } from '../orders/stall.ts';
import { confirmedUpload } from '../support/disk.ts';
import type { Harness, TestUser } from '../support/harness.ts';
import { chargebackFact as fact, hear, tell } from './bank-objects.ts';
import {
  balance,
  claimed,
  dayMs,
  delivered,
  escrowOf,
  expectBooksToBalance,
  payoutOf,
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
const lost = { status: 'lost' } as const;
const won = { status: 'won', fundsWithdrawn: false } as const;

async function released(fields: { seller?: TestUser } = {}): Promise<Bought> {
  const found = await delivered(market, till, fields);
  await market.ok(found.buyer, 'orders.confirmReceived', { orderId: found.orderId });
  await market.runJob('orders.complete');
  return found;
}

async function theirs({ seller }: Bought) {
  const { items } = await market.ok(seller, 'chargebacks.list');
  return items[0];
}

const walletOf = (user: TestUser) => balance(market, accounts.available(user.actor.userId));
const debtOf = ({ seller }: Bought) => balance(market, accounts.debt(seller.actor.userId));
const reserveOf = ({ seller }: Bought) => balance(market, accounts.reserve(seller.actor.userId));

async function withReserve<T>(reserveBps: number, work: () => Promise<T>): Promise<T> {
  const before = market.ports.get(escrowSettingsPort);
  market.ports.bind(escrowSettingsPort, { ...before, reserveBps });
  try {
    return await work();
  } finally {
    market.ports.bind(escrowSettingsPort, before);
  }
}

test('an open chargeback freezes the order: nothing is released, refunded or asked back', async () => {
  const found = await delivered(market, till);
  const { buyer, orderId, paymentId } = found;
  await tell(market, fact(paymentId, { fundsWithdrawn: false }));
  travel(market, 8 * dayMs);
  await market.runJob('orders.autoReceive');
  await market.runJob('orders.complete');
  expect(await stateOf(market, found)).toBe('disputed');
  expect(await escrowOf(market, orderId)).toMatchObject({ state: 'frozen', returned: 0, released: 0 });
  expect(await market.fails(buyer, 'refunds.request', { orderId, reason })).toBe('refunds.chargeback_open');
  expect(await theirs(found)).toMatchObject({ state: 'needs_response', amountMinor: 2_500, takenMinor: 0 });
});

test('lost before the release, the money is gone out of escrow and the order ends', async () => {
  const found = await delivered(market, till);
  await tell(market, fact(found.paymentId));
  expect(await escrowOf(market, found.orderId)).toMatchObject({ state: 'frozen', returned: 2_500 });
  expect(await theirs(found)).toMatchObject({ takenMinor: 2_500 });
  await tell(market, fact(found.paymentId, lost));
  expect(await stateOf(market, found)).toBe('refunded');
  expect(await escrowOf(market, found.orderId)).toMatchObject({ state: 'refunded', returned: 2_500, released: 0 });
  expect(await payoutOf(market, found)).toBe(0);
  expect(await debtOf(found)).toBe(0);
});

test('lost before the goods have left, the order is cancelled and they are on sale again', async () => {
  const found = await paid(market, till);
  await tell(market, fact(found.paymentId, lost));
  expect(await stateOf(market, found)).toBe('cancelled');
  expect((await stockOf(market, found.listingId)).quantity).toBe(5);
});

test('won, the money is back in escrow and goes to the seller', async () => {
  const found = await delivered(market, till);
  await tell(market, fact(found.paymentId), fact(found.paymentId, won));
  await market.runJob('orders.complete');
  expect(await stateOf(market, found)).toBe('completed');
  expect(await escrowOf(market, found.orderId)).toMatchObject({ state: 'released', returned: 0, released: 2_500 });
  expect(await payoutOf(market, found)).toBe(2_375);
});

test('won while the provider still has the money, the order waits for it', async () => {
  const found = await delivered(market, till);
  await tell(market, fact(found.paymentId), fact(found.paymentId, { status: 'won' }));
  expect(await escrowOf(market, found.orderId)).toMatchObject({ state: 'frozen', returned: 2_500 });
  await tell(market, fact(found.paymentId, won));
  expect(await escrowOf(market, found.orderId)).toMatchObject({ state: 'held', returned: 0 });
});

test('an inquiry that is closed takes nothing', async () => {
  const found = await delivered(market, till);
  const inquiry = { status: 'warning_needs_response', fundsWithdrawn: false } as const;
  await tell(market, fact(found.paymentId, inquiry), fact(found.paymentId, { ...inquiry, status: 'warning_closed' }));
  await market.runJob('orders.complete');
  expect(await payoutOf(market, found)).toBe(2_375);
});

const histories = {
  lost: ['needs_response', 'under_review', 'lost'],
  won: ['needs_response', 'under_review', 'won'],
} as const;
const orders = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
] as const;

test.each(Object.keys(histories) as (keyof typeof histories)[])(
  'told twice and in any order, a chargeback that is %s moves money once',
  async (end) => {
    for (const order of orders) {
      const found = await delivered(market, till);
      const facts = order.map((index) => {
        const status = histories[end][index]!;
        return fact(found.paymentId, { status, fundsWithdrawn: status !== 'won' });
      });
      await tell(market, ...facts, ...facts);
      // A chargeback of which the first word is that it was won never touched the order.
      await market.call(found.buyer, 'orders.confirmReceived', { orderId: found.orderId });
      await market.runJob('orders.complete');
      const expected = end === 'lost' ? { returned: 2_500, released: 0 } : { returned: 0, released: 2_500 };
      expect(await escrowOf(market, found.orderId), order.join()).toMatchObject(expected);
      expect(await stateOf(market, found)).toBe(end === 'lost' ? 'refunded' : 'completed');
      expect(await theirs(found)).toMatchObject({ state: end, closedAt: expect.any(String) });
    }
  },
);

test('messages worked off by several workers at once move money once', async () => {
  const found = await delivered(market, till);
  await hear(market, ...Array.from({ length: 6 }, () => fact(found.paymentId)), fact(found.paymentId, lost));
  await Promise.all(Array.from({ length: 4 }, () => market.runJob('chargebacks.process')));
  expect(await escrowOf(market, found.orderId)).toMatchObject({ returned: 2_500, released: 0 });
  const { rows } = await sql`select from chargeback where payment_id = ${found.paymentId}`.execute(market.database.sql);
  expect(rows).toHaveLength(1);
});

test('a chargeback while the order is released: what was released is taken from the seller, once', async () => {
  const found = await delivered(market, till);
  await market.ok(found.buyer, 'orders.confirmReceived', { orderId: found.orderId });
  await hear(market, fact(found.paymentId));
  await Promise.all([market.runJob('orders.complete'), market.runJob('chargebacks.process')]);
  const { released: gone, returned } = await escrowOf(market, found.orderId);
  expect([returned, await debtOf(found)]).toEqual(gone > 0 ? [0, -2_500] : [2_500, 0]);
});

test('part of a payment charged back: the rest of the order is released', async () => {
  const found = await delivered(market, till);
  const part = { amountMinor: 700 };
  await tell(market, fact(found.paymentId, part), fact(found.paymentId, { ...part, ...lost }));
  await market.runJob('orders.complete');
  expect(await escrowOf(market, found.orderId)).toMatchObject({ state: 'split', returned: 700, released: 1_800 });
  expect(await payoutOf(market, found)).toBe(1_710);
});

test('after the payout the reserve pays, the rest is a debt, and the next release pays the debt', async () => {
  const found = await withReserve(1_000, () => released());
  expect([await reserveOf(found), await payoutOf(market, found)]).toEqual([238, 2_137]);
  await tell(market, fact(found.paymentId), fact(found.paymentId, lost));
  expect([await reserveOf(found), await debtOf(found)]).toEqual([0, -2_262]);
  expect(await stateOf(market, found)).toBe('completed');
  await released({ seller: found.seller });
  expect([await debtOf(found), await payoutOf(market, found)]).toEqual([0, 2_137 + 2_375 - 2_262]);
});

test('won after a release has paid the debt, the seller has it in the wallet', async () => {
  const found = await released();
  await tell(market, fact(found.paymentId));
  expect(await debtOf(found)).toBe(-2_500);
  await released({ seller: found.seller });
  expect(await debtOf(found)).toBe(-125);
  await tell(market, fact(found.paymentId, won));
  expect([await debtOf(found), await walletOf(found.seller)]).toEqual([0, 2_375]);
});

test('won, the reserve has back what it gave', async () => {
  const found = await withReserve(1_000, () => released());
  await tell(market, fact(found.paymentId), fact(found.paymentId, won));
  expect([await reserveOf(found), await debtOf(found), await walletOf(found.seller)]).toEqual([238, 0, 0]);
});

test('a refund and a chargeback: the seller pays once, and the refund is not sent while the bank looks', async () => {
  const found = await delivered(market, till);
  const { id } = await market.ok(found.buyer, 'refunds.request', { orderId: found.orderId, reason });
  await market.ok(found.seller, 'refunds.approve', { refundRequestId: id });
  await tell(market, fact(found.paymentId));
  expect([await sentBack(market, found.orderId), await debtOf(found)]).toEqual([2_500, 0]);
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
  expect(await walletOf(found.buyer)).toBe(0);
  return found;
}

test('a refund that fails while the bank looks is not credited, and covers the loss when the bank pays', async () => {
  const before = await balance(market, accounts.losses);
  const found = await failedRefund();
  expect(await balance(market, accounts.losses)).toBe(before - 2_500);
  await tell(market, fact(found.paymentId, lost));
  expect([await walletOf(found.buyer), await balance(market, accounts.losses)]).toEqual([0, before]);
  expect(await debtOf(found)).toBe(0);
});

test('a refund that fails while the bank looks is credited once the bank has refused the buyer', async () => {
  const found = await failedRefund();
  await tell(market, fact(found.paymentId, won), fact(found.paymentId, won));
  expect(await walletOf(found.buyer)).toBe(2_500);
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
  const { id: chargebackId } = await theirs(found);
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

test('evidence of sellers and admins goes to the provider, again until it answers, and not after the decision', async () => {
  const found = await delivered(market, till);
  await tell(market, fact(found.paymentId));
  const { id: chargebackId } = await theirs(found);
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
  const own = await theirs(found);
  expect(own).toMatchObject({ state: 'under_review', evidence: [{ text: 'They signed for it' }] });
  await tell(market, fact(found.paymentId, lost));
  expect(await market.fails(found.seller, 'chargebacks.submitEvidence', evidence)).toBe('chargebacks.decided');
  expect(await market.fails(found.buyer, 'chargebacks.submitEvidence', evidence)).toBe('chargebacks.not_found');
});
