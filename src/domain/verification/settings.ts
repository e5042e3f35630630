import { definePort } from '../kernel/ports.ts';

export interface VerificationSettings {
  /** Keys the hash of document numbers; another key makes known numbers unknown. */
  readonly numberKey: string;
  /** How long documents are kept after the decision. */
  readonly documentsKeptMs: number;
}

export const verificationSettingsPort = definePort<VerificationSettings>('verification.settings');

export const verificationRules = {
  documentsMax: 5,
  claimMs: 30 * 60_000,
  remindBeforeMs: 30 * 86_400_000,
  reasonChars: 500,
  /** Other accounts with the same number that a reviewer is shown. */
  sameNumberMax: 10,
} as const;
