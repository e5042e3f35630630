import type { Clock } from '../../kernel/clock.ts';
import type { Sql } from '../../kernel/define.ts';
import type { Behaviour, PayoutBehaviour } from './behaviours.ts';

export interface SandboxBankSettings {
  /** Where the bank keeps its books. */
  readonly sql: () => Sql;
  readonly webhookUrl: string;
  readonly secret: string;
  /** From charge, refund or payout to its outcome; the unit of all behaviours. */
  readonly confirmAfterMs: number;
  readonly clock: Clock;
  readonly behaviourOf?: (charge: { attemptId: string; amountMinor: number }) => Behaviour;
  readonly payoutBehaviourOf?: (payout: { payoutId: string; amountMinor: number }) => PayoutBehaviour;
  /** Sends a webhook and answers the HTTP status. */
  readonly post?: (url: string, message: { body: string; headers: Record<string, string> }) => Promise<number>;
  /** Told of trouble with the books while nobody waits. */
  readonly onError?: (error: unknown) => void;
}
