import { z } from 'zod';
import type { PaymentMethod } from '../orders/index.ts';
import { definePort } from '../kernel/ports.ts';
import type { ChargebackFact, FactOf, FactSubject, PayoutFact, ProviderFact } from './facts.ts';

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

interface Payout {
  /** The idempotency key. */
  readonly payoutId: string;
  readonly amountMinor: number;
  readonly currency: string;
  /** The receiver as the provider knows it: an account it has on file. */
  readonly destination: string;
}

export interface ChargePage {
  readonly facts: readonly ProviderFact[];
  readonly nextCursor: string | null;
}

/** What a verified message says, of one of three things. */
export type ProviderMessage = {
  [S in FactSubject]: { readonly eventId: string; readonly subject: S; readonly fact: FactOf<S> };
}[FactSubject];

/** A payment provider. Calls may throw or hang: the caller bounds them and takes no answer for "unknown". */
export interface PaymentProvider {
  readonly name: string;
  readonly methods: readonly PaymentMethod[];
  readonly livemode: boolean;
  /** Our account there, when facts name one. */
  readonly account?: string;
  start(charge: Charge): Promise<{ fact: ProviderFact; action: PaymentAction | null }>;
  /** Null when the provider has never heard of the attempt. */
  fetch(key: ChargeKey): Promise<ProviderFact | null>;
  /** Stops a charge if that is still possible, and tells how it stands. */
  cancel(key: ChargeKey): Promise<ProviderFact | null>;
  /** Takes a part, or the rest, of what is authorized. `captureId` is the idempotency key. */
  capture?(capture: { captureId: string; providerRef: string; amountMinor: number }): Promise<ProviderFact>;
  /** `refundId` is the idempotency key. */
  refund(refund: { refundId: string; providerRef: string; amountMinor: number }): Promise<ProviderFact>;
  /** Sends money out. */
  payout?(payout: Payout): Promise<PayoutFact>;
  /** Null when the provider has never heard of the payout. */
  fetchPayout?(key: { payoutId: string; providerRef: string | null }): Promise<PayoutFact | null>;
  /** Answers a chargeback. A second answer replaces the first as long as the bank has not decided. */
  submitEvidence?(evidence: { chargebackRef: string; text: string; urls: readonly string[] }): Promise<ChargebackFact>;
  /** Charges made between two moments, the oldest first, page by page; `nextCursor` is null on the last one. */
  listCharges?(wanted: { since: Date; until: Date; cursor: string | null }): Promise<ChargePage>;
  /** Null when the signature, its time or the shape is wrong. Header names are in lower case. */
  verifyWebhook(rawBody: string, headers: Readonly<Record<string, string>>): ProviderMessage | null;
}

/** By name, which is also the last part of the webhook's address. */
export const paymentProvidersPort = definePort<ReadonlyMap<string, PaymentProvider>>('payments.providers');
