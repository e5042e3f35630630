import { z } from 'zod';
import { defineEvent, type Tx } from '../kernel/define.ts';
import type { Payment } from './entities.ts';
import { paymentMachine } from './machine.ts';
import { PaymentView, paymentView } from './views.ts';

/** A state that was reached, or what happened beside the states. */
const kinds = [...paymentMachine.states, 'partly_captured', 'refunded', 'refund_failed'] as const;

export const paymentChanged = defineEvent({
  type: 'payment.changed',
  entity: 'payment',
  view: PaymentView,
  change: z.object({ kind: z.enum(kinds) }),
});

export function tellPayer(tx: Tx, payment: Payment, kind: (typeof kinds)[number] = payment.state): void {
  tx.emit(paymentChanged, payment.payerId, { view: paymentView(payment), change: { kind } });
}
