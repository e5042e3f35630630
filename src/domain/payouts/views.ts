import { z } from 'zod';
import { Currency } from '../kernel/money.ts';
import { orNull } from '../kernel/or-null.ts';
import { iso, Timestamp } from '../kernel/timestamp.ts';
import { PayoutId, payoutKinds, payoutMethods, type Payout } from './entities.ts';
import { payoutMachine } from './machine.ts';

/** Money on its way to a person, as that person sees it. */
export const PayoutView = z.object({
  id: PayoutId,
  version: z.int(),
  kind: z.enum(payoutKinds),
  /** The order that released it; null for a withdrawal. */
  orderId: orNull(z.uuid()),
  state: z.enum(payoutMachine.states),
  /** To the wallet, or to the destination of `payouts.onboard`. */
  method: z.enum(payoutMethods),
  currency: Currency,
  amountMinor: z.int(),
  failureReason: orNull(z.string()),
  paidAt: orNull(Timestamp),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});

export function payoutView(payout: Payout): z.input<typeof PayoutView> {
  const { id, version, kind, state, method, currency, amountMinor } = payout;
  return {
    id,
    version,
    kind,
    state,
    method,
    currency,
    amountMinor,
    orderId: payout.orderId,
    failureReason: payout.failureReason,
    paidAt: iso(payout.paidAt),
    createdAt: iso(payout.createdAt),
    updatedAt: iso(payout.updatedAt),
  };
}
