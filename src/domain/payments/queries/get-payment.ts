import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { iso, Timestamp } from '../../kernel/timestamp.ts';
import { PaymentEntity, PaymentId } from '../entities.ts';
import { PaymentView, paymentView } from '../views.ts';

export const getPayment = defineQuery({
  name: 'payments.get',
  access: 'user',
  summary: 'An attempt to pay of yours, with the time of the server beside its deadline.',
  input: z.strictObject({ paymentId: PaymentId }),
  output: PaymentView.extend({ serverNow: Timestamp }),
  errors: ['payments.not_found'],
  async run({ input, actor, db, now, fail }) {
    const payment = await db.findOne(PaymentEntity, { id: input.paymentId, payerId: actor.userId });
    return payment ? { ...paymentView(payment), serverNow: iso(await now()) } : fail('payments.not_found');
  },
});
