import { LockMode } from '@mikro-orm/core';
import { z } from 'zod';
import { defineCommand, type Tx } from '../../kernel/define.ts';
import { orNull } from '../../kernel/or-null.ts';
import { orderChanged } from '../../orders/index.ts';
import { PaymentEntity, PaymentId, RefundEntity, type Payment } from '../entities.ts';
import { paymentChanged, tellPayer } from '../events.ts';
import { ProviderFact } from '../facts.ts';
import { hearFact } from '../hearing.ts';
import { submitPayments } from '../jobs/submit.ts';
import { movePayment, nextPoll } from '../moving.ts';
import { lockPayment } from '../rows.ts';
import { paymentLimits, refundPollMs } from '../settings.ts';

export const claimPolls = defineCommand({
  name: 'payments.claimPolls',
  access: 'system',
  summary: 'Take attempts whose provider is to be asked; those that ended on our side are to be stopped there.',
  input: z.strictObject({}),
  output: z.object({
    payments: z.array(
      z.object({
        id: PaymentId,
        provider: z.string(),
        providerRef: orNull(z.string()),
        stop: z.boolean(),
      }),
    ),
  }),
  errors: [],
  async run({ tx }) {
    const now = await tx.now();
    const payments = await tx.db.find(
      PaymentEntity,
      { pollAt: { $lte: now } },
      {
        lockMode: LockMode.PESSIMISTIC_PARTIAL_WRITE,
        limit: paymentLimits.claimBatch,
        orderBy: { pollAt: 'asc' },
      },
    );
    const refunding = await refundingAmong(tx, payments);
    const nextDay = new Date(now.getTime() + refundPollMs);
    for (const payment of payments) {
      payment.pollTries += 1;
      // Banks take days for a refund, and some of them more: it is asked about until it has an outcome.
      payment.pollAt = nextPoll(payment, { at: now, by: 'system' }) ?? (refunding.has(payment.id) ? nextDay : null);
    }
    return {
      payments: payments.map(({ id, provider, providerRef, state }) => ({
        id,
        provider,
        providerRef,
        stop: state === 'cancelled' || state === 'expired',
      })),
    };
  },
});

/** Those of which a refund is on its way. */
async function refundingAmong(tx: Tx, payments: readonly Payment[]): Promise<Set<string>> {
  const paymentId = { $in: payments.map(({ id }) => id) };
  const refunds = await tx.db.find(RefundEntity, { paymentId, state: { $in: ['approved', 'submitted', 'pending'] } });
  return new Set(refunds.flatMap((refund) => refund.paymentId ?? []));
}

export const recordAnswer = defineCommand({
  name: 'payments.recordAnswer',
  access: 'system',
  summary:
    'Record what a provider answered to a call. What it has never heard of is submitted again while there is time.',
  input: z.strictObject({ paymentId: PaymentId, fact: ProviderFact.nullable() }),
  output: z.object({}),
  errors: [],
  emits: [paymentChanged, orderChanged],
  async run({ input: { paymentId, fact }, tx }) {
    const found = await lockPayment(tx, paymentId);
    if (!found) return {};
    const { payment } = found;
    if (fact) {
      await hearFact(tx, payment, fact);
      return {};
    }
    const inTime = payment.deadline > (await tx.now());
    if (await movePayment(tx, payment, { name: inTime ? 'submitAgain' : 'fail', by: 'system' })) {
      payment.submitAt = await tx.now();
      tellPayer(tx, payment);
      tx.nudge(submitPayments);
    }
    return {};
  },
});
