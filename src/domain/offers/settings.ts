import { definePort } from '../kernel/ports.ts';

export interface OfferSettings {
  /** How long a round stands when its maker names no time. */
  readonly ttlMs: number;
  /** How long an accepted offer keeps its units aside for the buyer's checkout. */
  readonly checkoutWindowMs: number;
}

export const offerSettingsPort = definePort<OfferSettings>('offers.settings');

export const offerLimits = {
  quantityMax: 1_000,
  messageChars: 500,
  roundsMax: 20,
  expiresInHoursMax: 168,
  snapshotMax: 200,
} as const;
