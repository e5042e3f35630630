import { z } from 'zod';
import type { PaymentMethod } from '../orders/index.ts';
import { definePort } from '../kernel/ports.ts';

const Ref = z.string().min(1).max(200);

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
  currency: z.string().max(10),
  /** Whether real money moves. */
  livemode: z.boolean(),
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

/** What the payer's client has to do next. */
export const PaymentAction = z.object({
  clientSecret: z.string().optional(),
  redirectUrl: z.url().optional(),
  invoiceLink: z.url().optional(),
  stkPush: z.boolean().optional(),
});
export type PaymentAction = z.infer<typeof PaymentAction>;

interface Charge {
  /** The idempotency key: starting the same attempt again answers the same charge. */
  readonly attemptId: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly returnUrl: string | null;
}

interface ChargeKey {
  readonly attemptId: string;
  /** Null while no answer has told it. */
  readonly providerRef: string | null;
}

/** A payment provider. Calls may throw or hang: the caller bounds them and takes no answer for "unknown". */
export interface PaymentProvider {
  readonly name: string;
  readonly methods: readonly PaymentMethod[];
  readonly livemode: boolean;
  start(charge: Charge): Promise<{ fact: ProviderFact; action: PaymentAction | null }>;
  /** Null when the provider has never heard of the attempt. */
  fetch(key: ChargeKey): Promise<ProviderFact | null>;
  /** Stops a charge if that is still possible, and tells how it stands. */
  cancel(key: ChargeKey): Promise<ProviderFact | null>;
  /** `refundId` is the idempotency key. */
  refund(refund: { refundId: string; providerRef: string; amountMinor: number }): Promise<ProviderFact>;
  /** Null when the signature, its time or the shape is wrong. Header names are in lower case. */
  verifyWebhook(
    rawBody: string,
    headers: Readonly<Record<string, string>>,
  ): { eventId: string; fact: ProviderFact } | null;
}

/** By name, which is also the last part of the webhook's address. */
export const paymentProvidersPort = definePort<ReadonlyMap<string, PaymentProvider>>('payments.providers');
