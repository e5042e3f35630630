import { definePort } from '../kernel/ports.ts';

export interface EscrowSettings {
  /** The market's share of the goods of each order, in hundredths of a per cent. */
  readonly feeBps: number;
  /** What is kept back of the seller's part for chargebacks, in hundredths of a per cent, and for how long. */
  readonly reserveBps: number;
  readonly reserveMs: number;
}

export const escrowSettingsPort = definePort<EscrowSettings>('escrow.settings');
