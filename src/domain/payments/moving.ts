import type { Tx } from '../kernel/define.ts';
import { applyMove } from '../kernel/machine.ts';
import type { Payment } from './entities.ts';
import { tellPayer } from './events.ts';
import { openStates, paymentMachine, type PaymentState } from './machine.ts';
import { refundRest } from './refunding.ts';
import { pollDelaysMs } from './settings.ts';

export type PaymentMove = keyof (typeof paymentMachine)['moves'];
export type PaymentSide = 'payer' | 'provider' | 'hub' | 'system';

/** Moves an attempt and sets when its provider is asked next. False, changing nothing, when there is no such move. */
export async function movePayment(
  tx: Tx,
  payment: Payment,
  { name, by }: { name: PaymentMove; by: PaymentSide },
): Promise<boolean> {
  const at = await tx.now();
  if (!applyMove(paymentMachine, payment, { name, by, at })) return false;
  payment.pollTries = 0;
  payment.pollAt = nextPoll(payment, { at, by });
  return true;
}

/** Ends an attempt on our side. What was captured of it in part goes back. */
export async function endPayment(
  tx: Tx,
  payment: Payment,
  move: { name: 'cancel' | 'expire'; by: 'payer' | 'system' },
): Promise<boolean> {
  if (!(await movePayment(tx, payment, move))) return false;
  payment.action = null;
  tellPayer(tx, payment);
  await refundRest(tx, payment);
  return true;
}

export function isOpen({ state }: Pick<Payment, 'state'>): boolean {
  return openStates.some((open) => open === state);
}

/** Null when there is nothing to ask: never submitted, told by the provider itself that it is over, or asked enough. */
export function nextPoll(payment: Payment, { at, by }: { at: Date; by: PaymentSide }): Date | null {
  const delayMs = pollDelaysMs[scheduleOf(payment.state)][payment.pollTries];
  const over = by === 'provider' && !isOpen(payment);
  if (over || delayMs === undefined || payment.submitTries === 0) return null;
  return new Date(at.getTime() + delayMs);
}

function scheduleOf(state: PaymentState): keyof typeof pollDelaysMs {
  if (state === 'unknown') return 'unknown';
  return state === 'cancelled' || state === 'expired' || state === 'failed' ? 'ended' : 'pending';
}
