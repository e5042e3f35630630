import { LockMode } from '@mikro-orm/core';
import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { orNull } from '../../kernel/or-null.ts';
import { orderChanged } from '../../orders/index.ts';
import { PaymentEntity, PaymentId } from '../entities.ts';
import { paymentChanged, tellPayer } from '../events.ts';
import { ProviderFact } from '../facts.ts';
import { hearFact } from '../hearing.ts';
import { movePayment } from '../moving.ts';
import { PaymentAction } from '../provider.ts';
import { lockPayment } from '../rows.ts';
import { leaseMs, paymentLimits } from '../settings.ts';

export const claimSubmissions = defineCommand({
  name: 'payments.claimSubmissions',
  access: 'system',
  summary: 'Take attempts that their provider has not heard of; a claim that nobody records is made again.',
  input: z.strictObject({}),
  output: z.object({
    payments: z.array(
      z.object({
        id: PaymentId,
        provider: z.string(),
        amountMinor: z.int(),
        currency: z.string(),
        returnUrl: orNull(z.string()),
      }),
    ),
  }),
  errors: [],
  async run({ tx }) {
    const now = await tx.now();
    const payments = await tx.db.find(
      PaymentEntity,
      { state: 'created', submitAt: { $lte: now } },
      {
        lockMode: LockMode.PESSIMISTIC_PARTIAL_WRITE,
        limit: paymentLimits.claimBatch,
        orderBy: { submitAt: 'asc' },
      },
    );
    for (const payment of payments) {
      payment.submitAt = new Date(now.getTime() + leaseMs(payment.submitTries));
      payment.submitTries += 1;
    }
    return { payments };
  },
});

export const recordSubmission = defineCommand({
  name: 'payments.recordSubmission',
  access: 'system',
  summary: "Record a provider's answer to a submission; no answer is `unknown`, because the money may have moved.",
  input: z.strictObject({
    paymentId: PaymentId,
    answer: z.strictObject({ fact: ProviderFact, action: PaymentAction.nullable() }).nullable(),
  }),
  output: z.object({}),
  errors: [],
  emits: [paymentChanged, orderChanged],
  async run({ input: { paymentId, answer }, tx }) {
    const found = await lockPayment(tx, paymentId);
    if (!found) return {};
    const { payment } = found;
    if (!answer) {
      if (await movePayment(tx, payment, { name: 'loseTrack', by: 'system' })) tellPayer(tx, payment);
      return {};
    }
    // A webhook may have been faster: then the attempt is past needing an action.
    if (payment.state === 'created') payment.action = answer.action;
    await hearFact(tx, payment, answer.fact);
    return {};
  },
});
