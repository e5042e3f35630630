import { z } from 'zod';
import { definePort } from '../kernel/ports.ts';

export interface DisputeSettings {
  /** How long a seller may leave a refund request, or a dispute, without an answer. */
  readonly answerMs: number;
}

export const disputeSettingsPort = definePort<DisputeSettings>('disputes.settings');

const hourMs = 3_600_000;

export const disputeLimits = {
  textChars: 2_000,
  evidenceMax: 10,
  linesMax: 100,
  quantityMax: 1_000,
  /** Of one order: each stops the time after which it counts as received. */
  requestsMax: 10,
  /** After an answer that does not please, the buyer has this long to object before the order counts as received. */
  objectMs: 48 * hourMs,
  /** When an unanswered request about what is not delivered yet is looked at again. */
  recheckMs: hourMs,
  /** A moderator's claim that is older may be taken over. */
  claimMs: hourMs,
  snapshotDays: 30,
  snapshotMax: 200,
  sweepBatch: 50,
  sendBatch: 5,
  /** Evidence that nobody has taken is sent again after this time, doubling. */
  resendMs: 60_000,
} as const;

export const text = z.string().trim().min(1).max(disputeLimits.textChars);
export const evidenceIds = z
  .array(z.uuid())
  .max(disputeLimits.evidenceMax)
  .default([])
  .describe('Your uploads of purpose evidence. Only the two sides and moderators see them.');
