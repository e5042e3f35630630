import { definePort } from '../../kernel/ports.ts';
import type { Difference } from './check.ts';

/** Hears after each sweep of the books what does not agree, also when that is nothing. Must not throw. */
export interface LedgerAlarm {
  report(differences: readonly Difference[]): void;
}

export const ledgerAlarmPort = definePort<LedgerAlarm>('ledger.alarm');
