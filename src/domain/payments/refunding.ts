import type { Tx } from '../kernel/define.ts';
import { assert } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import { applyMove, bump } from '../kernel/machine.ts';
import { takeForRefund, type ReturnedPart } from '../escrow/index.ts';
import { accounts, balanceOf, mustPost } from '../ledger/index.ts';
import { recordRefund, type OrderGroup, type RefundDue } from '../orders/index.ts';
import { RefundEntity, type Payment, type Refund } from './entities.ts';
import { tellPayer } from './events.ts';
import { refundMachine } from './machine.ts';
import type { ProviderFact } from './provider.ts';
import { lockPaymentsOf, lockRefundsOf } from './rows.ts';
import { pollDelaysMs } from './settings.ts';

/** Sends an order's money back: out of its escrow, or, where it never came so far, from the attempt that has it. */
export async function refundOrder(tx: Tx, { group, orderId, amountMinor }: RefundDue): Promise<void> {
  const parts = await takeForRefund(tx, { orderId });
  if (parts) {
    for (const part of parts) await sendBack(tx, { part, group, orderId });
    return;
  }
  for (const payment of await lockPaymentsOf(tx, group)) {
    if ((await unspentOf(tx, payment)) < amountMinor) continue;
    await refundUnspent(tx, payment, { orderId, amountMinor });
    return;
  }
  assert(false, `a payment of group ${group.id} can refund order ${orderId}`);
}

/** Sends back what no order needs and is not on its way back already. The attempt must be locked. */
export async function refundRest(tx: Tx, payment: Payment): Promise<void> {
  const amountMinor = await unspentOf(tx, payment);
  if (amountMinor > 0) await refundUnspent(tx, payment, { orderId: null, amountMinor });
}

/** Whether money of an attempt is on its way back, so that the rest of it cannot pay anything. */
export async function isBeingRefunded(tx: Tx, payment: Payment): Promise<boolean> {
  return (await lockRefundsOf(tx, payment)).length > 0;
}

/** What was captured and belongs to nothing yet. */
async function unspentOf(tx: Tx, { id, currency }: Payment): Promise<number> {
  return balanceOf(tx.sql, accounts.payment(id), currency);
}

async function sendBack(
  tx: Tx,
  { part, group, orderId }: { part: ReturnedPart; group: OrderGroup; orderId: string },
): Promise<void> {
  const { refundId, source, sourceId, amountMinor } = part;
  if (source === 'payment') {
    const payment = (await lockPaymentsOf(tx, group)).find(({ id }) => id === sourceId);
    assert(payment, `the attempt ${sourceId} that paid for order ${orderId} exists`);
    await createRefund(tx, payment, { id: refundId, orderId, amountMinor });
    return;
  }
  const postings = [
    { account: accounts.refund(refundId), amountMinor: -amountMinor },
    { account: accounts.available(group.buyerId), amountMinor },
  ];
  await mustPost(tx, { kind: 'refund.credit', reference: refundId, orderId, currency: group.currency, postings });
}

async function refundUnspent(
  tx: Tx,
  payment: Payment,
  { orderId, amountMinor }: { orderId: string | null; amountMinor: number },
): Promise<void> {
  const id = newId();
  const postings = [
    { account: accounts.payment(payment.id), amountMinor: -amountMinor },
    { account: accounts.refund(id), amountMinor },
  ];
  const about = orderId === null ? {} : { orderId };
  await mustPost(tx, { kind: 'refund.reserve', reference: id, ...about, currency: payment.currency, postings });
  await createRefund(tx, payment, { id, orderId, amountMinor });
}

async function createRefund(
  tx: Tx,
  payment: Payment,
  refund: { id: string; orderId: string | null; amountMinor: number },
): Promise<void> {
  const now = await tx.now();
  tx.db.create(RefundEntity, {
    ...refund,
    paymentId: payment.id,
    state: 'approved',
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
    changed = (await settleRefund(tx, { payment, refund, refunds }, fact)) || changed;
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
  { payment, refund, refunds }: { payment: Payment; refund: Refund; refunds: readonly Refund[] },
  { ref, status }: ProviderFact['refunds'][number],
): Promise<boolean> {
  if (!applyMove(refundMachine, refund, { name: moves[status], by: 'provider', at: await tx.now() })) return false;
  refund.providerRef = ref;
  const { id, orderId, amountMinor, currency } = refund;
  if (status === 'succeeded') {
    const postings = [
      { account: accounts.refund(id), amountMinor: -amountMinor },
      { account: accounts.clearing(payment.provider), amountMinor },
    ];
    await mustPost(tx, { kind: 'refund.pay', reference: id, ...(orderId && { orderId }), currency, postings });
  }
  if (orderId && status !== 'pending') {
    const arrived = refunds.filter((one) => one.orderId === orderId && one.state === 'succeeded');
    const refundedMinor = sum(arrived.map((one) => one.amountMinor));
    await recordRefund(tx, orderId, { state: status === 'succeeded' ? 'refunded' : 'failed', refundedMinor });
  }
  return true;
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}
