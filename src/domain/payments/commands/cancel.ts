import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { PaymentId } from '../entities.ts';
import { paymentChanged } from '../events.ts';
import { pollPayments } from '../jobs/poll.ts';
import { endPayment } from '../moving.ts';
import { lockPayment } from '../rows.ts';
import { PaymentView, paymentView } from '../views.ts';

export const cancelPayment = defineCommand({
  name: 'payments.cancel',
  access: 'user',
  summary: 'Give up an attempt to pay; the order still waits. Money that was already on its way counts all the same.',
  input: z.strictObject({ paymentId: PaymentId }),
  output: PaymentView,
  errors: ['payments.not_found', 'payments.not_possible'],
  emits: [paymentChanged],
  async run({ input, actor, tx, fail }) {
    const found = await lockPayment(tx, input.paymentId);
    if (found?.payment.payerId !== actor.userId) return fail('payments.not_found');
    const { payment } = found;
    if (!(await endPayment(tx, payment, { name: 'cancel', by: 'payer' }))) fail('payments.not_possible');
    tx.nudge(pollPayments);
    return paymentView(payment);
  },
});
