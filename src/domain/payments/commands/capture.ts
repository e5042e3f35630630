import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { AmountMinor } from '../../kernel/money.ts';
import { orderChanged } from '../../orders/index.ts';
import { callProvider } from '../calling.ts';
import { PaymentEntity, PaymentId } from '../entities.ts';
import { paymentChanged } from '../events.ts';
import { hearFact } from '../hearing.ts';
import { paymentProvidersPort } from '../provider.ts';
import { lockPayment } from '../rows.ts';
import { PaymentView, paymentView } from '../views.ts';

export const capturePayment = defineCommand({
  name: 'payments.capture',
  access: 'admin',
  ratePerMinute: 30,
  summary:
    'Take a part, or by default the rest, of what a payer has authorized. Parts add up; the whole pays the order.',
  input: z.strictObject({ paymentId: PaymentId, amountMinor: AmountMinor.optional() }),
  output: PaymentView,
  errors: ['payments.not_found', 'payments.not_possible', 'payments.no_answer'],
  emits: [paymentChanged, orderChanged],
  async prepare({ input, db, port, fail }) {
    const payment = await db.findOne(PaymentEntity, { id: input.paymentId });
    if (!payment) return fail('payments.not_found');
    const { id, provider, providerRef, capturedMinor } = payment;
    const amountMinor = input.amountMinor ?? payment.amountMinor - capturedMinor;
    const canCapture = port(paymentProvidersPort).get(provider)?.capture !== undefined;
    if (payment.state !== 'authorized' || !providerRef || !canCapture) return fail('payments.not_possible');
    if (amountMinor > payment.amountMinor - capturedMinor) return fail('payments.not_possible');
    // The same wish twice, or after a crash, is one capture: it begins where the last one ended.
    const captureId = `${id}:${capturedMinor}:${amountMinor}`;
    const called = await callProvider({ port }, { provider, id: captureId }, (bound) =>
      bound.capture!({ captureId, providerRef, amountMinor }),
    );
    return called?.answer ?? fail('payments.no_answer');
  },
  async run({ input, prepared: fact, tx, fail }) {
    const found = await lockPayment(tx, input.paymentId);
    if (!found) return fail('payments.not_found');
    await hearFact(tx, found.payment, fact);
    return paymentView(found.payment);
  },
});
