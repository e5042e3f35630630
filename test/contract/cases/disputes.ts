import { sql } from 'kysely';
import { chargebackFact, hear, tell } from '../../disputes/bank-objects.ts';
import { answered, asked, claimed, delivered, disputed, type Bought } from '../../disputes/court.ts';
import { openBank, paid } from '../../payments/bank.ts';
import { system, type Harness } from '../../support/harness.ts';
import type { AreaCases, Call, OperationCases } from '../cases.ts';

const reason = 'It does not light up';
const sweep: OperationCases = { success: async () => ({ as: system, input: {} }) };
const ofOrder = { reason: 'damaged', text: 'The shade is torn' } as const;

const ordered = (market: Harness) => delivered(market, openBank(market));
const requested = (market: Harness) => asked(market, openBank(market));
const opened = (market: Harness) => disputed(market, openBank(market));
const underReview = (market: Harness) => answered(market, openBank(market));
const taken = (market: Harness) => claimed(market, openBank(market));

/** A call of one of the people of a thing, which does not exist for anybody else. */
function own<P>(made: (market: Harness) => Promise<P>, callOf: (made: P) => Call, error: string): OperationCases {
  return {
    success: async (market) => callOf(await made(market)),
    wrongActor: async (market) => ({ ...callOf(await made(market)), as: await market.user(), error }),
  };
}

async function charged(market: Harness): Promise<Bought & { chargebackId: string }> {
  const found = await ordered(market);
  await tell(market, chargebackFact(found.paymentId));
  const { items } = await market.ok(found.seller, 'chargebacks.list');
  return { ...found, chargebackId: items[0].id };
}

async function heard(market: Harness): Promise<string> {
  const { paymentId } = await ordered(market);
  await hear(market, chargebackFact(paymentId));
  const { rows } = await sql<{ id: string }>`
    select id from provider_event where subject = 'chargeback' and fact ->> 'attemptId' = ${paymentId}`.execute(
    market.database.sql,
  );
  return rows[0]!.id;
}

async function moderate(market: Harness, fields: Record<string, unknown>): Promise<Call & { name: string }> {
  const { moderator, disputeId } = await taken(market);
  return { name: 'disputes.resolve', as: moderator, input: { disputeId, note: 'So', ...fields } };
}

const moderator = (market: Harness) => market.user({ roles: ['moderator'] });

export const disputesCases: AreaCases = {
  operations: {
    'refunds.request': own(
      ordered,
      ({ buyer, orderId }) => ({ as: buyer, input: { orderId, reason } }),
      'orders.not_found',
    ),
    'refunds.approve': own(
      requested,
      ({ seller, refundRequestId }) => ({ as: seller, input: { refundRequestId } }),
      'refunds.not_found',
    ),
    'refunds.deny': own(
      requested,
      ({ seller, refundRequestId }) => ({ as: seller, input: { refundRequestId, reason } }),
      'refunds.not_found',
    ),
    'refunds.withdraw': own(
      requested,
      ({ buyer, refundRequestId }) => ({ as: buyer, input: { refundRequestId } }),
      'refunds.not_found',
    ),
    'refunds.get': own(
      requested,
      ({ buyer, refundRequestId }) => ({ as: buyer, input: { refundRequestId } }),
      'refunds.not_found',
    ),
    'refunds.evidence': own(
      requested,
      ({ seller, refundRequestId }) => ({ as: seller, input: { refundRequestId } }),
      'refunds.not_found',
    ),
    'refunds.list': { success: async (market) => ({ as: (await requested(market)).buyer, input: { as: 'buyer' } }) },
    'refunds.escalate': sweep,
    'disputes.open': own(
      ordered,
      ({ buyer, orderId }) => ({ as: buyer, input: { orderId, ...ofOrder } }),
      'orders.not_found',
    ),
    'disputes.respond': own(
      opened,
      ({ seller, disputeId }) => ({ as: seller, input: { disputeId, text: 'It was whole' } }),
      'disputes.not_found',
    ),
    'disputes.withdraw': own(
      opened,
      ({ buyer, disputeId }) => ({ as: buyer, input: { disputeId } }),
      'disputes.not_found',
    ),
    'disputes.get': own(opened, ({ buyer, disputeId }) => ({ as: buyer, input: { disputeId } }), 'disputes.not_found'),
    'disputes.evidence': own(
      opened,
      ({ seller, disputeId }) => ({ as: seller, input: { disputeId } }),
      'disputes.not_found',
    ),
    'disputes.list': { success: async (market) => ({ as: (await opened(market)).seller, input: { as: 'seller' } }) },
    'disputes.queue': {
      async success(market) {
        await underReview(market);
        return { as: await moderator(market), input: {} };
      },
    },
    'disputes.claim': {
      success: async (market) => ({
        input: { disputeId: (await underReview(market)).disputeId },
        as: await moderator(market),
      }),
    },
    'disputes.resolve': {
      success: (market) => moderate(market, { outcome: 'split', refundMinor: 100 }),
      wrongActor: async (market) => ({
        ...(await moderate(market, { outcome: 'buyer' })),
        as: await moderator(market),
        error: 'disputes.claimed',
      }),
    },
    'disputes.lapse': sweep,
    'escrow.step': own(
      ordered,
      ({ buyer, orderId }) => ({ as: buyer, input: { orderId, step: 'release' } }),
      'orders.not_found',
    ),
    'chargebacks.get': own(
      charged,
      ({ seller, chargebackId }) => ({ as: seller, input: { chargebackId } }),
      'chargebacks.not_found',
    ),
    'chargebacks.list': { success: async (market) => ({ as: (await charged(market)).seller, input: {} }) },
    'chargebacks.submitEvidence': own(
      charged,
      ({ seller, chargebackId }) => ({ as: seller, input: { chargebackId, text: 'They signed for it' } }),
      'chargebacks.not_found',
    ),
    'chargebacks.claimFacts': sweep,
    'chargebacks.apply': {
      success: async (market) => ({ as: system, input: { eventId: await heard(market) } }),
    },
    'chargebacks.claimEvidence': sweep,
    'chargebacks.recordEvidence': {
      async success(market) {
        const { chargebackId, paymentId } = await charged(market);
        const fact = chargebackFact(paymentId, { status: 'under_review' });
        return { as: system, input: { chargebackId, submitAt: new Date().toISOString(), fact } };
      },
    },
  },
  errors: {
    'refunds.not_found': async (market) => ({
      name: 'refunds.get',
      as: await market.user(),
      input: { refundRequestId: crypto.randomUUID() },
    }),
    async 'refunds.chargeback_open'(market) {
      const { buyer, orderId } = await charged(market);
      return { name: 'refunds.request', as: buyer, input: { orderId, reason } };
    },
    async 'refunds.not_possible'(market) {
      const { buyer, refundRequestId } = await requested(market);
      return { name: 'refunds.approve', as: buyer, input: { refundRequestId } };
    },
    async 'refunds.expired'(market) {
      const { seller, refundRequestId } = await requested(market);
      await sql`update refund_request set deadline = deadline - interval '4 d' where id = ${refundRequestId}`.execute(
        market.database.sql,
      );
      return { name: 'refunds.deny', as: seller, input: { refundRequestId, reason } };
    },
    async 'refunds.line_unknown'(market) {
      const { buyer, orderId, listingId } = await ordered(market);
      const lines = [{ listingId, quantity: 2 }];
      return { name: 'refunds.request', as: buyer, input: { orderId, reason, lines } };
    },
    async 'refunds.nothing_left'(market) {
      const { buyer, orderId } = await requested(market);
      return { name: 'refunds.request', as: buyer, input: { orderId, reason } };
    },
    async 'refunds.too_many'(market) {
      const { buyer, orderId } = await ordered(market);
      for (let made = 0; made < 10; made += 1) {
        const { id: refundRequestId } = await market.ok(buyer, 'refunds.request', { orderId, reason });
        await market.ok(buyer, 'refunds.withdraw', { refundRequestId });
      }
      return { name: 'refunds.request', as: buyer, input: { orderId, reason } };
    },
    async 'refunds.too_much'(market) {
      const { buyer, orderId } = await ordered(market);
      return { name: 'refunds.request', as: buyer, input: { orderId, reason, amountMinor: 2_501 } };
    },
    async 'refunds.goods_under_way'(market) {
      const { buyer, seller, orderId } = await paid(market, openBank(market));
      await sql`update sub_order set state = 'at_hub', deadline = null where id = ${orderId}`.execute(
        market.database.sql,
      );
      const { id: refundRequestId } = await market.ok(buyer, 'refunds.request', { orderId, reason });
      return { name: 'refunds.approve', as: seller, input: { refundRequestId } };
    },
    'disputes.not_found': async (market) => ({
      name: 'disputes.get',
      as: await market.user(),
      input: { disputeId: crypto.randomUUID() },
    }),
    async 'disputes.not_possible'(market) {
      const { buyer, orderId } = await paid(market, openBank(market));
      return { name: 'disputes.open', as: buyer, input: { orderId, ...ofOrder } };
    },
    async 'disputes.too_late'(market) {
      const { buyer, orderId } = await ordered(market);
      await market.ok(buyer, 'orders.confirmReceived', { orderId });
      return { name: 'disputes.open', as: buyer, input: { orderId, ...ofOrder } };
    },
    async 'disputes.expired'(market) {
      const { seller, disputeId } = await opened(market);
      await sql`update dispute set deadline = deadline - interval '4 days' where id = ${disputeId}`.execute(
        market.database.sql,
      );
      return { name: 'disputes.respond', as: seller, input: { disputeId, text: 'Late' } };
    },
    async 'disputes.conflict_of_interest'(market) {
      const { buyer, disputeId } = await underReview(market);
      return { name: 'disputes.claim', as: { ...buyer.actor, roles: ['moderator'] }, input: { disputeId } };
    },
    async 'disputes.claimed'(market) {
      const { disputeId } = await taken(market);
      return { name: 'disputes.claim', as: await moderator(market), input: { disputeId } };
    },
    async 'disputes.not_claimed'(market) {
      const { disputeId } = await underReview(market);
      const input = { disputeId, outcome: 'seller', note: 'So' };
      return { name: 'disputes.resolve', as: await moderator(market), input };
    },
    'chargebacks.not_found': async (market) => ({
      name: 'chargebacks.get',
      as: await market.user(),
      input: { chargebackId: crypto.randomUUID() },
    }),
    async 'chargebacks.decided'(market) {
      const { seller, chargebackId, paymentId } = await charged(market);
      await tell(market, chargebackFact(paymentId, { status: 'lost' }));
      return { name: 'chargebacks.submitEvidence', as: seller, input: { chargebackId, text: 'Too late' } };
    },
  },
};
