import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createMarket, travel, type Till } from '../payments/bank.ts';
import { confirmedUpload } from '../support/disk.ts';
import type { Harness } from '../support/harness.ts';
import {
  answered,
  asked,
  claimed,
  dayMs,
  delivered,
  disputed,
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

const complaint = { reason: 'damaged', text: 'The shade is torn' } as const;
const note = 'The photos show it';

async function letItEnd(): Promise<void> {
  travel(market, 8 * dayMs);
  await market.runJob('orders.autoReceive');
  await market.runJob('orders.complete');
}

test('a dispute freezes the money: no timer and no sweep releases it', async () => {
  const found = await disputed(market, till);
  await letItEnd();
  expect(await stateOf(market, found)).toBe('disputed');
  expect(await escrowOf(market, found.orderId)).toMatchObject({ state: 'frozen', released: 0 });
});

test('decided for the buyer, all goes back and nothing is released', async () => {
  const found = await claimed(market, till);
  const { moderator, disputeId, orderId } = found;
  const view = await market.ok(moderator, 'disputes.resolve', { disputeId, outcome: 'buyer', note });
  expect(view).toMatchObject({ state: 'resolved_buyer', refundMinor: 2_500, note });
  await letItEnd();
  expect(await stateOf(market, found)).toBe('refunded');
  expect(await sentBack(market, orderId)).toBe(2_500);
  expect(await payoutOf(market, found)).toBe(0);
});

test('decided for the seller, the order completes and all is released less the fee', async () => {
  const found = await claimed(market, till);
  const { moderator, disputeId, orderId } = found;
  await market.ok(moderator, 'disputes.resolve', { disputeId, outcome: 'seller', note });
  await market.runJob('orders.complete');
  expect(await stateOf(market, found)).toBe('completed');
  expect(await escrowOf(market, orderId)).toMatchObject({ state: 'released', returned: 0, released: 2_500 });
  expect(await payoutOf(market, found)).toBe(2_375);
});

test('split, the buyer gets exactly the part, and the fee is of what the seller keeps', async () => {
  const found = await claimed(market, till);
  const { moderator, disputeId, orderId } = found;
  const split = { disputeId, outcome: 'split', note } as const;
  expect(await market.fails(moderator, 'disputes.resolve', { ...split, refundMinor: 2_500 })).toBe('refunds.too_much');
  await market.ok(moderator, 'disputes.resolve', { ...split, refundMinor: 833 });
  await market.runJob('orders.complete');
  expect(await escrowOf(market, orderId)).toMatchObject({ state: 'split', returned: 833, released: 1_667 });
  expect(await payoutOf(market, found)).toBe(1_584);
});

test('a dispute can be opened until the order counts as received, by the clock and not by the sweep', async () => {
  const { buyer, orderId } = await delivered(market, till);
  travel(market, 7 * dayMs + 1);
  expect(await market.fails(buyer, 'disputes.open', { orderId, ...complaint })).toBe('disputes.too_late');
});

test('a dispute after the release is refused, and moves nothing', async () => {
  const found = await delivered(market, till);
  const { buyer, orderId } = found;
  await market.ok(buyer, 'orders.confirmReceived', { orderId });
  expect(await market.fails(buyer, 'disputes.open', { orderId, ...complaint })).toBe('disputes.too_late');
  await market.runJob('orders.complete');
  expect(await market.fails(buyer, 'disputes.open', { orderId, ...complaint })).toBe('disputes.too_late');
  expect(await payoutOf(market, found)).toBe(2_375);
});

test('only the buyer opens a dispute, once', async () => {
  const { buyer, seller, orderId } = await disputed(market, till);
  expect(await market.fails(buyer, 'disputes.open', { orderId, ...complaint })).toBe('disputes.not_possible');
  const other = await delivered(market, till);
  const ofSeller = { orderId: other.orderId, ...complaint };
  expect(await market.fails(other.seller, 'disputes.open', ofSeller)).toBe('disputes.not_possible');
  expect(await market.fails(seller, 'disputes.open', ofSeller)).toBe('orders.not_found');
});

test('a request for money back becomes part of the dispute', async () => {
  const { buyer, seller, orderId, refundRequestId } = await asked(market, till);
  const { id: disputeId } = await market.ok(buyer, 'disputes.open', { orderId, ...complaint });
  expect(await market.ok(buyer, 'refunds.get', { refundRequestId })).toMatchObject({ state: 'expired', disputeId });
  expect(await market.fails(seller, 'refunds.approve', { refundRequestId })).toBe('refunds.not_possible');
  const wish = { orderId, reason: 'Again' };
  expect(await market.fails(buyer, 'refunds.request', wish)).toBe('refunds.not_possible');
});

test('without an answer in 72 hours moderators decide; a late answer is refused, giving in is not', async () => {
  const { seller, disputeId, orderId } = await disputed(market, till);
  travel(market, 72 * hourMs + 1);
  expect(await market.fails(seller, 'disputes.respond', { disputeId, text: 'Late' })).toBe('disputes.expired');
  await letAnswerTimePass(market);
  expect(await market.ok(seller, 'disputes.get', { disputeId })).toMatchObject({ state: 'under_review' });
  expect(await market.fails(seller, 'disputes.respond', { disputeId, text: 'Late' })).toBe('disputes.not_possible');
  const view = await market.ok(seller, 'disputes.respond', { disputeId, concede: true });
  expect(view).toMatchObject({ state: 'resolved_buyer', refundMinor: 2_500 });
  expect(await sentBack(market, orderId)).toBe(2_500);
});

test('a seller who gives in refunds all at once', async () => {
  const found = await disputed(market, till);
  await market.ok(found.seller, 'disputes.respond', { disputeId: found.disputeId, concede: true, text: 'Sorry' });
  expect(await stateOf(market, found)).toBe('refunded');
  expect(await sentBack(market, found.orderId)).toBe(2_500);
});

test('a buyer who takes it back has received the order', async () => {
  const found = await disputed(market, till);
  await market.ok(found.buyer, 'disputes.withdraw', { disputeId: found.disputeId });
  await market.runJob('orders.complete');
  expect(await stateOf(market, found)).toBe('completed');
});

test('nobody decides about an order of their own, whatever their role, nor answers for the other side', async () => {
  const { buyer, seller, disputeId } = await answered(market, till);
  for (const side of [buyer, seller]) {
    const as = { ...side.actor, roles: ['moderator', 'admin'] as const };
    expect(await market.fails(as, 'disputes.claim', { disputeId })).toBe('disputes.conflict_of_interest');
    const decision = { disputeId, outcome: 'seller', note };
    expect(await market.fails(as, 'disputes.resolve', decision)).toBe('disputes.conflict_of_interest');
    expect((await market.ok(as, 'disputes.queue')).items).not.toContainEqual(
      expect.objectContaining({ id: disputeId }),
    );
  }
  expect(await market.fails(buyer, 'disputes.respond', { disputeId, text: 'x' })).toBe('disputes.not_possible');
  expect(await market.fails(seller, 'disputes.withdraw', { disputeId })).toBe('disputes.not_possible');
});

test('a claim keeps other moderators out for an hour, then may be taken over', async () => {
  const { moderator, disputeId } = await claimed(market, till);
  const other = await market.user({ roles: ['moderator'] });
  const decision = { disputeId, outcome: 'seller', note };
  expect(await market.fails(other, 'disputes.claim', { disputeId })).toBe('disputes.claimed');
  expect(await market.fails(other, 'disputes.resolve', decision)).toBe('disputes.claimed');
  travel(market, hourMs + 1);
  expect(await market.fails(moderator, 'disputes.resolve', decision)).toBe('disputes.not_claimed');
  await market.ok(other, 'disputes.claim', { disputeId });
  expect(await market.fails(moderator, 'disputes.resolve', decision)).toBe('disputes.claimed');
});

test('decided twice at once, differently, one decision counts', async () => {
  const { moderator, disputeId, orderId } = await claimed(market, till);
  const replies = await Promise.all([
    market.call(moderator, 'disputes.resolve', { disputeId, outcome: 'buyer', note }),
    market.call(moderator, 'disputes.resolve', { disputeId, outcome: 'seller', note }),
    market.call(moderator, 'disputes.resolve', { disputeId, outcome: 'split', refundMinor: 1_000, note }),
  ]);
  expect(replies.filter(({ ok }) => ok)).toHaveLength(1);
  await market.runJob('orders.complete');
  const { returned, released } = await escrowOf(market, orderId);
  const expected = [2_500, 0, 1_000][replies.findIndex(({ ok }) => ok)]!;
  expect([returned, released]).toEqual([expected, 2_500 - expected]);
});

test('withdrawn and decided at once, one of them counts', async () => {
  const { moderator, buyer, disputeId, orderId } = await claimed(market, till);
  const [decision, withdrawal] = await Promise.all([
    market.call(moderator, 'disputes.resolve', { disputeId, outcome: 'buyer', note }),
    market.call(buyer, 'disputes.withdraw', { disputeId }),
  ]);
  expect([decision.ok, withdrawal.ok].filter(Boolean)).toHaveLength(1);
  expect(await sentBack(market, orderId)).toBe(decision.ok ? 2_500 : 0);
});

test('opened and counted as received at once, one of them counts, and the money goes one way', async () => {
  const found = await delivered(market, till);
  const { buyer, orderId } = found;
  travel(market, 7 * dayMs - 1);
  const [opening] = await Promise.all([
    market.call(buyer, 'disputes.open', { orderId, ...complaint }),
    market.call(buyer, 'orders.confirmReceived', { orderId }),
    market.runJob('orders.autoReceive'),
  ]);
  await market.runJob('orders.complete');
  expect((await escrowOf(market, orderId)).released).toBe(opening.ok ? 0 : 2_500);
});

test('decided while orders are released: the release waits for the decision', async () => {
  const { moderator, disputeId, orderId } = await claimed(market, till);
  await Promise.all([
    market.ok(moderator, 'disputes.resolve', { disputeId, outcome: 'split', refundMinor: 500, note }),
    market.runJob('orders.complete'),
    market.runJob('orders.autoReceive'),
  ]);
  await market.runJob('orders.complete');
  expect(await escrowOf(market, orderId)).toMatchObject({ returned: 500, released: 2_000 });
});

test('what the sides say and show is for them and moderators only, and each look of staff is logged', async () => {
  const { buyer, seller, orderId } = await delivered(market, till);
  const uploadId = await confirmedUpload(market, buyer, { purpose: 'evidence' });
  const others = await confirmedUpload(market, seller, { purpose: 'evidence' });
  const input = { orderId, ...complaint };
  expect(await market.fails(buyer, 'disputes.open', { ...input, evidenceIds: [others] })).toBe('uploads.not_found');
  const { id: disputeId } = await market.ok(buyer, 'disputes.open', { ...input, evidenceIds: [uploadId] });
  await market.runJob('uploads.process');
  const moderator = await market.user({ roles: ['moderator'] });
  for (const as of [buyer, seller, moderator]) {
    const { items } = await market.ok(as, 'disputes.evidence', { disputeId });
    expect(items).toMatchObject([{ uploadId, link: { url: expect.any(String) } }]);
  }
  const stranger = await market.user();
  expect(await market.fails(stranger, 'disputes.evidence', { disputeId })).toBe('disputes.not_found');
  expect(await market.fails(stranger, 'disputes.get', { disputeId })).toBe('disputes.not_found');
  expect(await market.ok(moderator, 'disputes.get', { disputeId })).toMatchObject({ role: 'moderator' });
});

test('both sides hear of each step with their own view, and not who the moderator is', async () => {
  const { buyer, seller, moderator, disputeId } = await claimed(market, till);
  await market.ok(moderator, 'disputes.resolve', { disputeId, outcome: 'seller', note });
  for (const [user, role] of [
    [buyer, 'buyer'],
    [seller, 'seller'],
  ] as const) {
    const told = (await market.inboxOf(user)).filter(({ type }) => type === 'dispute.changed');
    expect(told.map(({ data }) => data.change.kind)).toEqual(['opened', 'responded', 'claimed', 'resolved']);
    expect(new Set(told.map(({ data }) => data.role))).toEqual(new Set([role]));
    expect(JSON.stringify(told)).not.toContain(moderator.id);
  }
});
