import { z } from 'zod';
import { defineEvent, type Tx } from '../kernel/define.ts';
import type { Payment } from './entities.ts';
import { paymentMachine } from './machine.ts';
import { PaymentView, paymentView } from './views.ts';

/** A state that was reached, or what happened beside the states. */
const kinds = [...paymentMachine.states, 'partly_captured', 'refunded', 'refund_failed'] as const;

/** Money that comes into the wallet instead, or is meant for it, is told by the wallet. */
const templates: Readonly<Partial<Record<(typeof kinds)[number], string>>> = {
  failed: 'payment.failed',
  refunded: 'payment.refunded',
};

export const paymentChanged = defineEvent({
  type: 'payment.changed',
  entity: 'payment',
  view: PaymentView,
  /** `amountMinor`: what a refund was of. */
  change: z.object({ kind: z.enum(kinds), amountMinor: z.int().optional() }),
  notice({ view: { id, amountMinor, currency }, change }) {
    const template = change && templates[change.kind];
    if (!template) return null;
    const params = { amountMinor: change.amountMinor ?? amountMinor, currency };
    return { topic: 'payments', template, params, about: { entity: 'payment', id } };
  },
});

type Change = { kind: (typeof kinds)[number]; amountMinor?: number };

export function tellPayer(tx: Tx, payment: Payment, change: Change = { kind: payment.state }): void {
  tx.emit(paymentChanged, payment.payerId, { view: paymentView(payment), change });
}
