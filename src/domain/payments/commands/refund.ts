import { sql } from 'kysely';
import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { assert } from '../../kernel/errors.ts';
import { applyMove } from '../../kernel/machine.ts';
import { PaymentEntity, PaymentId, RefundEntity } from '../entities.ts';
import { refundMachine } from '../machine.ts';
import { leaseMs, paymentLimits } from '../settings.ts';

export const claimRefunds = defineCommand({
  name: 'payments.claimRefunds',
  access: 'system',
  summary: 'Take refunds that their provider is to make; one without an answer is asked for again under the same id.',
  input: z.strictObject({}),
  output: z.object({
    refunds: z.array(
      z.object({
        id: z.uuid(),
        paymentId: PaymentId,
        provider: z.string(),
        providerRef: z.string(),
        amountMinor: z.int(),
      }),
    ),
  }),
  errors: [],
  async run({ tx }) {
    const now = await tx.now();
    // While the payer's bank looks at the payment it might give the same money back.
    const { rows } = await sql<{ id: string }>`
      select r.id from refund r join payment y on y.id = r.payment_id
      where r.state in ('approved', 'submitted') and r.submit_at <= ${now.toISOString()}::timestamptz
        and y.open_chargebacks = 0
      order by r.submit_at limit ${paymentLimits.claimBatch} for update of r skip locked`.execute(tx.sql);
    const refunds = await tx.db.find(RefundEntity, { id: { $in: rows.map(({ id }) => id) } }, { refresh: true });
    for (const refund of refunds) {
      applyMove(refundMachine, refund, { name: 'submit', by: 'system', at: now });
      refund.submitAt = new Date(now.getTime() + leaseMs(refund.submitTries));
      refund.submitTries += 1;
    }
    const ids = refunds.flatMap(({ paymentId }) => paymentId ?? []);
    const payments = await tx.db.find(PaymentEntity, { id: { $in: ids } });
    return {
      refunds: refunds.map(({ id, paymentId, amountMinor }) => {
        const payment = payments.find((candidate) => candidate.id === paymentId);
        assert(payment?.providerRef, `payment ${paymentId} of a refund has its provider's reference`);
        return { id, paymentId: payment.id, amountMinor, provider: payment.provider, providerRef: payment.providerRef };
      }),
    };
  },
});
