import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { bankReports, createMarket, paid, refundAll, travel, type Till } from '../payments/bank.ts';
import { stockOf } from '../orders/stall.ts';
import type { Harness } from '../support/harness.ts';
import {
  asked,
  dayMs,
  delivered,
  escrowOf,
  expectBooksToBalance,
  hourMs,
  letAnswerTimePass,
  payoutOf,
  sentBack,
  stateOf,
} from './court.ts';

let market: Harness;
let till: Till;
beforeAll(async () => {
  ({ market, till } = await createMarket());
});
afterAll(() => market.close());
afterEach(() => expectBooksToBalance(market));

const reason = 'It does not light up';

test('a whole refund of a delivered order sends all back, ends the order, and leaves nothing to release', async () => {
  const found = await asked(market, till);
  const { seller, refundRequestId, orderId } = found;
  const view = await market.ok(seller, 'refunds.approve', { refundRequestId });
  expect(view).toMatchObject({ state: 'approved', approvedMinor: 2_500, allowedActions: [] });
  expect(await stateOf(market, found)).toBe('refunded');
  expect(await sentBack(market, orderId)).toBe(2_500);
  await refundAll(market, till);
  travel(market, 8 * dayMs);
  await market.runJob('orders.autoReceive');
  await market.runJob('orders.complete');
  expect(await escrowOf(market, orderId)).toMatchObject({ state: 'refunded', returned: 2_500, released: 0 });
  expect((await stockOf(market, found.listingId)).quantity).toBe(4);
});

test('a part goes back, and the fee is taken of what the seller keeps only', async () => {
  const found = await asked(market, till, { amountMinor: 500 });
  const { seller, buyer, refundRequestId, orderId } = found;
  await market.ok(seller, 'refunds.approve', { refundRequestId });
  await market.ok(buyer, 'orders.confirmReceived', { orderId });
  await market.runJob('orders.complete');
  expect(await escrowOf(market, orderId)).toMatchObject({ state: 'split', returned: 500, released: 2_000 });
  expect(await payoutOf(market, found)).toBe(1_900);
});

test('a whole refund before the goods have left cancels the order and puts them on sale again', async () => {
  const found = await paid(market, till);
  const { seller, buyer, orderId, listingId } = found;
  await market.ok(seller, 'orders.accept', { orderId });
  const { id } = await market.ok(buyer, 'refunds.request', { orderId, reason });
  await market.ok(seller, 'refunds.approve', { refundRequestId: id });
  expect(await stateOf(market, found)).toBe('cancelled');
  expect((await stockOf(market, listingId)).quantity).toBe(5);
  await refundAll(market, till);
  expect(await sentBack(market, orderId)).toBe(2_500);
});

test('a rejected order gives the rest back, whenever the bank tells what became of a part before', async () => {
  const found = await paid(market, till);
  const { buyer, seller, orderId } = found;
  const { id } = await market.ok(buyer, 'refunds.request', { orderId, reason, amountMinor: 500 });
  await market.ok(seller, 'refunds.approve', { refundRequestId: id });
  await market.runJob('payments.refund');
  await market.ok(seller, 'orders.reject', { orderId });
  // Its word comes before anybody has looked at what the order owes now.
  await bankReports(market, till);
  const { refund, refundedMinor } = await market.ok(buyer, 'orders.get', { orderId });
  expect({ refund, refundedMinor }).toEqual({ refund: { state: 'due', amountMinor: 2_000 }, refundedMinor: 500 });
  await refundAll(market, till);
  expect(await sentBack(market, orderId)).toBe(2_500);
  expect(await market.ok(buyer, 'orders.get', { orderId })).toMatchObject({
    refund: { state: 'refunded', amountMinor: 2_500 },
  });
});

test('lines are paid back at what they cost', async () => {
  const found = await delivered(market, till);
  const { buyer, orderId, listingId } = found;
  const lines = [{ listingId, quantity: 1 }];
  const view = await market.ok(buyer, 'refunds.request', { orderId, reason, lines });
  expect(view).toMatchObject({ amountMinor: 2_500, lines: [{ listingId, quantity: 1, title: 'Desk lamp' }] });
});

test('open requests never ask for more than is held', async () => {
  const { buyer, orderId } = await asked(market, till, { amountMinor: 2_000 });
  expect(await market.fails(buyer, 'refunds.request', { orderId, reason, amountMinor: 501 })).toBe('refunds.too_much');
  expect(await market.ok(buyer, 'refunds.request', { orderId, reason })).toMatchObject({ amountMinor: 500 });
  expect(await market.fails(buyer, 'refunds.request', { orderId, reason })).toBe('refunds.nothing_left');
});

test('requests made at once never ask for more than is held', async () => {
  const { buyer, orderId } = await delivered(market, till);
  const wishes = Array.from({ length: 8 }, () =>
    market.call(buyer, 'refunds.request', { orderId, reason, amountMinor: 1_000 }),
  );
  expect((await Promise.all(wishes)).filter(({ ok }) => ok)).toHaveLength(2);
});

test('a request approved several times at once pays once', async () => {
  const { seller, refundRequestId, orderId } = await asked(market, till, { amountMinor: 1_000 });
  const tries = Array.from({ length: 5 }, () => market.call(seller, 'refunds.approve', { refundRequestId }));
  expect((await Promise.all(tries)).filter(({ ok }) => ok)).toHaveLength(1);
  expect(await sentBack(market, orderId)).toBe(1_000);
});

test('two requests approved at once pay what was paid, never more', async () => {
  const found = await asked(market, till, { amountMinor: 2_000 });
  const { seller, buyer, orderId } = found;
  const { id: other } = await market.ok(buyer, 'refunds.request', { orderId, reason });
  await Promise.all(
    [found.refundRequestId, other].map((refundRequestId) => market.ok(seller, 'refunds.approve', { refundRequestId })),
  );
  expect(await sentBack(market, orderId)).toBe(2_500);
  expect(await stateOf(market, found)).toBe('refunded');
});

test('approving and withdrawing at once: one of them counts, and money moves only with the approval', async () => {
  const { seller, buyer, refundRequestId, orderId } = await asked(market, till);
  const [approval, withdrawal] = await Promise.all([
    market.call(seller, 'refunds.approve', { refundRequestId }),
    market.call(buyer, 'refunds.withdraw', { refundRequestId }),
  ]);
  expect([approval.ok, withdrawal.ok].filter(Boolean)).toHaveLength(1);
  expect(await sentBack(market, orderId)).toBe(approval.ok ? 2_500 : 0);
});

test('approving and releasing at once: what went back is not released, and the other way round', async () => {
  const found = await asked(market, till);
  const { seller, buyer, refundRequestId, orderId } = found;
  await market.ok(buyer, 'orders.confirmReceived', { orderId });
  const [approval] = await Promise.all([
    market.call(seller, 'refunds.approve', { refundRequestId }),
    market.runJob('orders.complete'),
  ]);
  const { returned, released } = await escrowOf(market, orderId);
  expect([returned, released]).toEqual(approval.ok ? [2_500, 0] : [0, 2_500]);
});

test('the buyer cannot approve or deny, the seller cannot withdraw, and strangers see nothing', async () => {
  const { seller, buyer, refundRequestId, orderId } = await asked(market, till);
  const stranger = await market.user();
  expect(await market.fails(buyer, 'refunds.approve', { refundRequestId })).toBe('refunds.not_possible');
  expect(await market.fails(buyer, 'refunds.deny', { refundRequestId, reason })).toBe('refunds.not_possible');
  expect(await market.fails(seller, 'refunds.withdraw', { refundRequestId })).toBe('refunds.not_possible');
  expect(await market.fails(seller, 'refunds.request', { orderId, reason })).toBe('refunds.not_possible');
  for (const name of ['refunds.approve', 'refunds.withdraw', 'refunds.get', 'refunds.evidence']) {
    expect(await market.fails(stranger, name, { refundRequestId }), name).toBe('refunds.not_found');
  }
  const moderator = await market.user({ roles: ['moderator'] });
  expect(await market.fails(moderator, 'refunds.approve', { refundRequestId })).toBe('refunds.not_found');
});

test('an admin may answer, is logged, and an admin who is the buyer is a buyer only', async () => {
  const admin = await market.user({ roles: ['admin'] });
  const { refundRequestId } = await asked(market, till, { amountMinor: 100 });
  expect(await market.ok(admin, 'refunds.approve', { refundRequestId })).toMatchObject({ state: 'approved' });
  const own = await asked(market, till);
  const buyer = { ...own.buyer, actor: { ...own.buyer.actor, roles: ['admin'] as const } };
  const id = own.refundRequestId;
  expect(await market.fails(buyer, 'refunds.approve', { refundRequestId: id })).toBe('refunds.not_possible');
});

test('an open request stops the time to receive; an answer leaves time to object', async () => {
  const found = await asked(market, till);
  const { seller, buyer, refundRequestId, orderId } = found;
  travel(market, 71 * hourMs);
  await market.ok(seller, 'refunds.deny', { refundRequestId, reason: 'It does' });
  travel(market, 3 * dayMs);
  await market.runJob('orders.autoReceive');
  expect(await stateOf(market, found)).toBe('delivered');
  travel(market, 2 * dayMs);
  await market.runJob('orders.autoReceive');
  expect(await stateOf(market, found)).toBe('received');
  expect(await market.fails(buyer, 'disputes.open', { orderId, reason: 'damaged', text: 'x' })).toBe(
    'disputes.too_late',
  );
});

test('a request without an answer in 72 hours becomes a dispute with its words and evidence, once', async () => {
  const found = await asked(market, till);
  const { seller, buyer, refundRequestId } = found;
  await letAnswerTimePass(market);
  await Promise.all([market.runJob('refunds.escalate'), market.runJob('refunds.escalate')]);
  const request = await market.ok(buyer, 'refunds.get', { refundRequestId });
  expect(request).toMatchObject({ state: 'expired', disputeId: expect.any(String) });
  const dispute = await market.ok(seller, 'disputes.get', { disputeId: request.disputeId });
  expect(dispute).toMatchObject({ state: 'awaiting_other', statements: [{ side: 'buyer', text: reason }] });
  expect(await stateOf(market, found)).toBe('disputed');
  expect((await escrowOf(market, found.orderId)).state).toBe('frozen');
});

test('after its time a request cannot be denied, whether the sweep has run or not; it can be approved', async () => {
  const { seller, refundRequestId } = await asked(market, till);
  travel(market, 72 * hourMs + 1);
  expect(await market.fails(seller, 'refunds.deny', { refundRequestId, reason })).toBe('refunds.expired');
  expect(await market.ok(seller, 'refunds.approve', { refundRequestId })).toMatchObject({ state: 'approved' });
});

test('workers dead for weeks: an open request keeps the money from being released', async () => {
  const found = await asked(market, till);
  travel(market, 30 * dayMs);
  await market.runJob('orders.autoReceive');
  await market.runJob('orders.complete');
  await market.runJob('refunds.escalate');
  expect(await stateOf(market, found)).toBe('disputed');
  expect(await escrowOf(market, found.orderId)).toMatchObject({ state: 'frozen', released: 0 });
});

test('both sides hear of it, each with their own view', async () => {
  const { seller, buyer, refundRequestId } = await asked(market, till);
  await market.ok(seller, 'refunds.deny', { refundRequestId, reason: 'It does' });
  for (const [user, role] of [
    [buyer, 'buyer'],
    [seller, 'seller'],
  ] as const) {
    const told = (await market.inboxOf(user)).filter(({ type }) => type === 'refundRequest.changed');
    expect(told.map(({ data }) => [data.role, data.change.kind])).toEqual([
      [role, 'requested'],
      [role, 'denied'],
    ]);
  }
});

test('an order has so many refund requests and no more, so that its receipt is not put off for ever', async () => {
  const { buyer, orderId } = await delivered(market, till);
  for (let made = 0; made < 10; made += 1) {
    const { id: refundRequestId } = await market.ok(buyer, 'refunds.request', { orderId, reason });
    await market.ok(buyer, 'refunds.withdraw', { refundRequestId });
  }
  expect(await market.fails(buyer, 'refunds.request', { orderId, reason })).toBe('refunds.too_many');
});
