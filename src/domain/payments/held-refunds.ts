import { LockMode } from '@mikro-orm/core';
import type { Tx } from '../kernel/define.ts';
import { applyMove } from '../kernel/machine.ts';
import { accounts, mustPost } from '../ledger/index.ts';
import { PaymentEntity, type Payment, type Refund } from './entities.ts';
import { refundMachine } from './machine.ts';
import { creditRefund, recordRefunds } from './refunding.ts';
import { lockRefundsOf } from './rows.ts';

// While the payer's bank looks at a payment, nothing of it is sent back, and a refund that fails is not credited to the
// wallet: the bank may give the same money. It stays on the refund's account until the bank has decided.

/** Notes that a chargeback of an attempt is open. Its group, if it has one, must be locked. */
export async function openChargebackOf(tx: Tx, paymentId: string): Promise<void> {
  (await lockAttempt(tx, paymentId)).openChargebacks += 1;
}

/**
 * What becomes of a refund that has failed, whose money is on its account: it is held while a chargeback of its payment
 * is open, makes good what one that was lost has cost the market, and is the payer's else.
 */
export async function keepOrGiveOut(tx: Tx, payment: Payment, refund: Refund): Promise<void> {
  refund.held = payment.openChargebacks > 0;
  if (!refund.held) await giveOut(tx, payment, refund);
}

/**
 * Takes the note back. With the last one, what was held of refunds is given out: first what a lost chargeback has cost
 * the market beyond the orders' escrows, and the rest to the payer's wallet. What such a cost covers of refunds that
 * were never sent is not sent any more: the bank has given it. Returns what of the cost was covered.
 */
export async function closeChargebackOf(
  tx: Tx,
  paymentId: string,
  cost: { chargebackId: string; amountMinor: number },
): Promise<number> {
  const payment = await lockAttempt(tx, paymentId);
  payment.openChargebacks -= 1;
  if (cost.amountMinor > 0) Object.assign(payment, { lostTo: cost.chargebackId, lostMinor: cost.amountMinor });
  if (payment.openChargebacks > 0) return 0;
  const orderIds = new Set<string>();
  for (const refund of await lockRefundsOf(tx, payment)) {
    if (!refund.held && !(payment.lostMinor > 0 && (await overtake(tx, refund)))) continue;
    refund.held = false;
    if (refund.orderId) orderIds.add(refund.orderId);
    await giveOut(tx, payment, refund);
  }
  for (const orderId of orderIds) await recordRefunds(tx, orderId);
  return cost.amountMinor > 0 ? cost.amountMinor - payment.lostMinor : 0;
}

async function overtake(tx: Tx, refund: Refund): Promise<boolean> {
  return applyMove(refundMachine, refund, { name: 'overtake', by: 'system', at: await tx.now() });
}

async function giveOut(tx: Tx, payment: Payment, refund: Refund): Promise<void> {
  const { id, orderId, currency, amountMinor } = refund;
  const coveredMinor = Math.min(amountMinor, payment.lostMinor);
  payment.lostMinor -= coveredMinor;
  const postings = [
    { account: accounts.refund(id), amountMinor: -coveredMinor },
    { account: accounts.losses, amountMinor: coveredMinor },
  ];
  const reference = `${payment.lostTo}:${id}`;
  await mustPost(tx, { kind: 'chargeback.take', reference, ...(orderId && { orderId }), currency, postings });
  const rest = { id, orderId, currency, amountMinor: amountMinor - coveredMinor };
  if (rest.amountMinor > 0) await creditRefund(tx, rest, payment.payerId);
}

async function lockAttempt(tx: Tx, id: string): Promise<Payment> {
  await tx.db.flush();
  const lock = { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true } as const;
  return tx.db.findOneOrFail(PaymentEntity, { id }, lock);
}
