import { z } from 'zod';

const Ref = z.string().min(1).max(200);
const Currency = z.string().max(10);

/**
 * All that a provider knows of one charge at some moment. Facts may come twice, late and in any order: totals are
 * the sum over distinct captures and refunds of all facts, so that applying one again changes nothing.
 */
export const ProviderFact = z.object({
  providerRef: Ref,
  /** Our attempt's id, which was the idempotency key of the charge. */
  attemptId: Ref,
  status: z.enum(['requires_action', 'processing', 'authorized', 'captured', 'failed', 'cancelled']),
  amountMinor: z.int().min(0),
  currency: Currency,
  /** Whether real money moves. */
  livemode: z.boolean(),
  /** Whose account at the provider it lies on, where the provider says so. */
  account: Ref.optional(),
  captures: z.array(z.object({ ref: Ref, amountMinor: z.int().min(1) })).max(100),
  refunds: z
    .array(
      z.object({
        ref: Ref,
        refundId: Ref,
        amountMinor: z.int().min(1),
        status: z.enum(['pending', 'succeeded', 'failed']),
      }),
    )
    .max(100),
  failureReason: z.string().max(500).nullable(),
});
export type ProviderFact = z.infer<typeof ProviderFact>;

/** How money that was sent to a seller or a person stands. `paid` may still become `failed`. */
export const PayoutFact = z.object({
  providerRef: Ref,
  /** Our payout's id, which was its idempotency key. */
  payoutId: Ref,
  status: z.enum(['pending', 'paid', 'failed', 'cancelled']),
  amountMinor: z.int().min(0),
  currency: Currency,
  livemode: z.boolean(),
  failureReason: z.string().max(500).nullable(),
});
export type PayoutFact = z.infer<typeof PayoutFact>;

/** A payer's objection to a charge at their bank, with the statuses that Stripe gives disputes. */
export const ChargebackFact = z.object({
  /** The provider's id of the chargeback itself. */
  providerRef: Ref,
  chargeRef: Ref.nullable(),
  attemptId: Ref.nullable(),
  status: z.enum([
    'warning_needs_response',
    'warning_under_review',
    'warning_closed',
    'needs_response',
    'under_review',
    'won',
    'lost',
  ]),
  amountMinor: z.int().min(0),
  currency: Currency,
  livemode: z.boolean(),
  reason: z.string().max(200),
  /** Whether the provider has taken the money back from us, as of this message. */
  fundsWithdrawn: z.boolean(),
  evidenceDueAt: z.iso.datetime().nullable(),
});
export type ChargebackFact = z.infer<typeof ChargebackFact>;

export const factShapes = { charge: ProviderFact, payout: PayoutFact, chargeback: ChargebackFact } as const;
export type FactSubject = keyof typeof factShapes;
export type FactOf<S extends FactSubject> = z.infer<(typeof factShapes)[S]>;
