import { definePort } from '../kernel/ports.ts';
import type { PayoutOnboarding } from './onboarding.ts';

export interface PayoutSettings {
  /** The least that is sent to a bank at once, in minor units; less of a seller waits for more. */
  readonly minAmountMinor: number;
  /** Withdrawals of one person within a day. */
  readonly withdrawalsPerDay: number;
  /** What one person may withdraw within a day, in minor units of each currency. */
  readonly withdrawnMinorPerDay: number;
  /** Null where nothing is paid out to banks: what sellers earn goes to their wallets. */
  readonly onboarding: PayoutOnboarding | null;
}

export const payoutSettingsPort = definePort<PayoutSettings>('payouts.settings');

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

export const payoutLimits = {
  /** Releases and reserves that one sweep makes into payouts. */
  makeBatch: 50,
  /** Payouts that are sent in one batch. */
  batchMax: 500,
  /** Payouts that one run hands to providers. */
  claimBatch: 20,
  snapshotDays: 30,
  snapshotMax: 200,
  withdrawalWindowMs: dayMs,
} as const;

/**
 * How long after a question a provider is asked again about a payout without an outcome. After the last it is asked
 * each day, for good: money is on its way.
 */
export const pollDelaysMs = [minuteMs, 5 * minuteMs, hourMs, dayMs] as const;

/** For how long a provider is asked about a payout that it has paid: banks send money back within days. */
export const watchPaidDays = 10;
export const watchPaidMs = dayMs;
