import { z } from 'zod';
import { defineCommand, type Tx } from '../../kernel/define.ts';
import { newId } from '../../kernel/ids.ts';
import {
  lockOrderGroup,
  OrderGroupId,
  paymentMethods,
  type OrderGroup,
  type PaymentMethod,
} from '../../orders/index.ts';
import { PaymentEntity, type Payment } from '../entities.ts';
import { paymentChanged, tellPayer } from '../events.ts';
import { submitPayments } from '../jobs/submit.ts';
import { isOpen } from '../moving.ts';
import { PaymentAction, paymentProvidersPort } from '../provider.ts';
import { lockPaymentsOf } from '../rows.ts';
import { paymentLimits } from '../settings.ts';
import { PaymentView, paymentView } from '../views.ts';

const Started = z.object({ payment: PaymentView, action: PaymentAction.optional() });

export const startPayment = defineCommand({
  name: 'payments.start',
  access: 'user',
  ratePerMinute: 30,
  summary: 'Pay an order group. Answers at once; the provider is asked afterwards and the outcome is pushed.',
  input: z.strictObject({
    orderGroupId: OrderGroupId,
    method: z.enum(paymentMethods),
    returnUrl: z
      .url({ protocol: /^https?$/ })
      .max(paymentLimits.returnUrlChars)
      .optional(),
  }),
  output: Started,
  errors: [
    'orders.not_found',
    'payments.method_unavailable',
    'payments.not_payable',
    'payments.expired',
    'payments.in_progress',
  ],
  emits: [paymentChanged],
  async run({ input, actor, tx, fail }) {
    const { method, returnUrl = null } = input;
    const group = await lockOrderGroup(tx, input.orderGroupId);
    if (group?.buyerId !== actor.userId) return fail('orders.not_found');
    const provider = providerOf(tx, method);
    if (!provider) return fail('payments.method_unavailable');
    if (group.state !== 'awaiting_payment') fail('payments.not_payable');
    if (group.deadline <= (await tx.now())) fail('payments.expired');
    const payments = await lockPaymentsOf(tx, group);
    const open = payments.find(isOpen);
    if (open && open.method !== method) fail('payments.in_progress');
    // Asking twice is one wish: the attempt under way is the answer.
    return started(open ?? (await createAttempt(tx, group, { method, provider, returnUrl })));
  },
});

function started(payment: Payment): z.input<typeof Started> {
  return { payment: paymentView(payment), ...(payment.action && { action: payment.action }) };
}

function providerOf(tx: Tx, method: PaymentMethod): string | undefined {
  const providers = tx.port(paymentProvidersPort).values();
  return providers.find(({ methods }) => methods.includes(method))?.name;
}

async function createAttempt(
  tx: Tx,
  group: OrderGroup,
  chosen: Pick<Payment, 'method' | 'provider' | 'returnUrl'>,
): Promise<Payment> {
  const now = await tx.now();
  const payment = tx.db.create(PaymentEntity, {
    ...chosen,
    id: newId(),
    purpose: 'order',
    orderGroupId: group.id,
    payerId: group.buyerId,
    state: 'created',
    amountMinor: group.totalMinor - group.walletMinor,
    currency: group.currency,
    capturedMinor: 0,
    refundedMinor: 0,
    providerRef: null,
    action: null,
    failureReason: null,
    deadline: group.deadline,
    submitAt: now,
    submitTries: 0,
    pollAt: null,
    pollTries: 0,
    version: 1,
    createdAt: now,
    updatedAt: now,
  });
  tellPayer(tx, payment);
  tx.nudge(submitPayments);
  return payment;
}
