import { z } from 'zod';
import { movesFor } from '../kernel/machine.ts';
import { Currency } from '../kernel/money.ts';
import { orNull } from '../kernel/or-null.ts';
import { iso, Timestamp } from '../kernel/timestamp.ts';
import { OrderGroupId, paymentMethods } from '../orders/index.ts';
import { PaymentId, paymentPurposes, type Payment } from './entities.ts';
import { paymentMachine } from './machine.ts';
import { PaymentAction } from './provider.ts';

/** An attempt to pay, as its payer sees it. */
export const PaymentView = z.object({
  id: PaymentId,
  version: z.int(),
  purpose: z.enum(paymentPurposes),
  /** Null for a top-up. */
  orderGroupId: orNull(OrderGroupId),
  method: z.enum(paymentMethods),
  state: z.enum(paymentMachine.states),
  currency: Currency,
  amountMinor: z.int(),
  capturedMinor: z.int(),
  refundedMinor: z.int(),
  /** What the payer has to do next, once the provider has told. */
  action: orNull(PaymentAction),
  failureReason: orNull(z.string()),
  deadline: Timestamp,
  createdAt: Timestamp,
  updatedAt: Timestamp,
  allowedActions: z.array(z.string()),
});

export function paymentView(payment: Payment): z.input<typeof PaymentView> {
  const { id, version, purpose, orderGroupId, method, state, currency, amountMinor, capturedMinor, refundedMinor } =
    payment;
  return {
    id,
    version,
    purpose,
    orderGroupId,
    method,
    state,
    currency,
    amountMinor,
    capturedMinor,
    refundedMinor,
    action: payment.action,
    failureReason: payment.failureReason,
    deadline: iso(payment.deadline),
    createdAt: iso(payment.createdAt),
    updatedAt: iso(payment.updatedAt),
    allowedActions: movesFor(paymentMachine, { state, by: 'payer' }).map((move) => `payments.${move}`),
  };
}

export const Started = z.object({ payment: PaymentView, action: PaymentAction.optional() });

export function started(payment: Payment): z.input<typeof Started> {
  return { payment: paymentView(payment), ...(payment.action && { action: payment.action }) };
}
