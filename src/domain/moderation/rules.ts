import { z } from 'zod';

export const reasons = [
  'danger',
  'fraud',
  'counterfeit',
  'prohibited',
  'harassment',
  'hate',
  'sexual',
  'spam',
  'non_payment',
  'no_show',
  'other',
] as const;
export type Reason = (typeof reasons)[number];

/** What is looked at first: a danger at once, a nuisance when there is time. */
export const reasonWeights: Readonly<Record<Reason, number>> = {
  danger: 10,
  fraud: 6,
  hate: 5,
  sexual: 5,
  harassment: 4,
  counterfeit: 3,
  prohibited: 3,
  non_payment: 2,
  no_show: 2,
  spam: 1,
  other: 1,
};

export const complaintReasons = ['fraud', 'harassment', 'non_payment', 'no_show', 'other'] as const;
export const actions = ['dismiss', 'warn', 'remove', 'shadow', 'suspend'] as const;
export type Action = (typeof actions)[number];

export const moderationLimits = {
  textChars: 2_000,
  evidenceMax: 5,
  /** A claim that is older may be taken over. */
  claimMs: 60 * 60_000,
  snapshotMax: 200,
  sweepBatch: 100,
} as const;

export const reportFields = {
  text: z.string().trim().min(1).max(moderationLimits.textChars).optional(),
  evidenceIds: z
    .array(z.uuid())
    .max(moderationLimits.evidenceMax)
    .default([])
    .describe('Your uploads of purpose evidence.'),
};
