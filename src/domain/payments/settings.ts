import { z } from 'zod';
import { definePort } from '../kernel/ports.ts';

/** A provider's message that was not believed. */
export interface Refusal {
  readonly provider: string;
  readonly eventId: string;
  readonly reason: string;
}

/** What two books do not agree on; `isOpen` when what the provider told did not mend it. */
export interface Disagreement {
  readonly provider: string;
  readonly kind: string;
  readonly subject: string;
  readonly isOpen: boolean;
}

export interface PaymentSettings {
  /** A provider's answer that takes longer counts as none. */
  readonly callTimeoutMs: number;
  /** Called for each refused message, for logs and metrics. Must not throw. */
  readonly alarm: (refusal: Refusal) => void;
  /** Called for each thing that a provider's books and ours do not agree on, for logs and metrics. Must not throw. */
  readonly differs: (difference: Disagreement) => void;
}

export const paymentSettingsPort = definePort<PaymentSettings>('payments.settings');

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

export const paymentLimits = {
  returnUrlChars: 2_000,
  webhookHeadersMax: 200,
  webhookBodyChars: 65_536,
  claimBatch: 20,
  /** A claimed call that nobody recorded is made again after this time. */
  leaseMs: minuteMs,
  leaseMaxMs: hourMs,
  /** How far back a reconciliation goes, and what it leaves to the next one: messages of it may be on their way. */
  reconcileDays: 7,
  reconcileGraceMs: hourMs,
  snapshotDays: 30,
  snapshotMax: 200,
} as const;

/** Where the payer's browser goes afterwards. */
export const returnUrlInput = {
  returnUrl: z
    .url({ protocol: /^https?$/ })
    .max(paymentLimits.returnUrlChars)
    .optional(),
};

/** When to ask the provider about an attempt; after the last entry it is asked no more. */
export const pollDelaysMs = {
  unknown: [minuteMs, 5 * minuteMs, hourMs, ...Array.from({ length: 5 }, () => dayMs)],
  pending: [5 * minuteMs, ...Array.from({ length: 120 }, () => hourMs)],
  /** Ended on our side while the provider may still be at it: stopped at once, then watched. */
  ended: [0, minuteMs, 5 * minuteMs, hourMs, ...Array.from({ length: 5 }, () => dayMs)],
} as const;

/** After the schedule, a refund without an outcome is asked about this often. */
export const refundPollMs = dayMs;

/** How long a claim lasts before the work is tried again: doubling, bounded. */
export function leaseMs(tries: number): number {
  return Math.min(paymentLimits.leaseMs * 2 ** Math.min(tries, 10), paymentLimits.leaseMaxMs);
}
