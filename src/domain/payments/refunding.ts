import type { Tx } from '../kernel/define.ts';
import { assert } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import { applyMove, bump } from '../kernel/machine.ts';
import { recordRefund, type RefundDue } from '../orders/index.ts';
import { RefundEntity, type Payment, type Refund } from './entities.ts';
import { tellPayer } from './events.ts';
import { refundMachine } from './machine.ts';
import type { ProviderFact } from './provider.ts';
import { lockPaymentsOf, lockRefundsOf } from './rows.ts';
import { pollDelaysMs } from './settings.ts';

/** Reserves an order's refund on the attempt that has the money for it. */
export async function refundOrder(tx: Tx, { group, orderId, amountMinor }: RefundDue): Promise<void> {
  for (const payment of await lockPaymentsOf(tx, group)) {
    if ((await refundable(tx, payment)) < amountMinor) continue;
    await approveRefund(tx, payment, { orderId, amountMinor });
    return;
  }
  assert(false, `a payment of group ${group.id} can refund order ${orderId}`);
}

/** Sends back what no order needs and is not on its way back already. The attempt must be locked. */
export async function refundRest(tx: Tx, payment: Payment): Promise<void> {
  const amountMinor = await refundable(tx, payment);
  if (amountMinor > 0) await approveRefund(tx, payment, { orderId: null, amountMinor });
}

/** Whether money of an attempt is on its way back, so that the rest of it cannot pay anything. */
export async function isBeingRefunded(tx: Tx, payment: Payment): Promise<boolean> {
  return (await lockRefundsOf(tx, payment)).length > 0;
}

/** What was captured and is not on its way back. */
async function refundable(tx: Tx, payment: Payment): Promise<number> {
  const refunds = await lockRefundsOf(tx, payment);
  const reserved = refunds.filter(({ state }) => state !== 'failed').map(({ amountMinor }) => amountMinor);
  return payment.capturedMinor - sum(reserved);
}

async function approveRefund(
  tx: Tx,
  payment: Payment,
  { orderId, amountMinor }: { orderId: string | null; amountMinor: number },
): Promise<void> {
  assert((await refundable(tx, payment)) >= amountMinor, `payment ${payment.id} has ${amountMinor} left to refund`);
  const now = await tx.now();
  tx.db.create(RefundEntity, {
    id: newId(),
    paymentId: payment.id,
    orderId,
    state: 'approved',
    amountMinor,
    currency: payment.currency,
    providerRef: null,
    submitAt: now,
    submitTries: 0,
    version: 1,
    createdAt: now,
    updatedAt: now,
  });
}

/** Brings an attempt's refunds to what its provider told of them. The attempt must be locked. */
export async function applyRefunds(tx: Tx, payment: Payment, told: ProviderFact['refunds']): Promise<boolean> {
  if (told.length === 0) return false;
  const refunds = await lockRefundsOf(tx, payment);
  let changed = false;
  for (const fact of told) {
    const refund = refunds.find(({ id }) => id === fact.refundId);
    if (!refund || refund.amountMinor !== fact.amountMinor) continue;
    changed = (await settleRefund(tx, refund, fact)) || changed;
  }
  if (!changed) return false;
  payment.refundedMinor = sum(
    refunds.filter(({ state }) => state === 'succeeded').map(({ amountMinor }) => amountMinor),
  );
  const now = await tx.now();
  bump(payment, now);
  const pending = refunds.some(({ state }) => state === 'pending');
  payment.pollTries = 0;
  payment.pollAt = pending ? new Date(now.getTime() + pollDelaysMs.pending[0]) : null;
  if (!pending) tellPayer(tx, payment, refunds.some(({ state }) => state === 'failed') ? 'refund_failed' : 'refunded');
  else tellPayer(tx, payment);
  return true;
}

const moves = { pending: 'pend', succeeded: 'succeed', failed: 'fail' } as const;

async function settleRefund(
  tx: Tx,
  refund: Refund,
  { ref, status }: ProviderFact['refunds'][number],
): Promise<boolean> {
  if (!applyMove(refundMachine, refund, { name: moves[status], by: 'provider', at: await tx.now() })) return false;
  refund.providerRef = ref;
  if (refund.orderId && status !== 'pending') {
    await recordRefund(tx, refund.orderId, status === 'succeeded' ? 'refunded' : 'failed');
  }
  return true;
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}
