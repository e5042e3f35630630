import type { Tx } from '../kernel/define.ts';
import { assert } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import { applyMove } from '../kernel/machine.ts';
import type { Currency } from '../kernel/money.ts';
import { lockEscrow, takeForRefund, type ReturnedPart } from '../escrow/index.ts';
import { accounts, balanceOf, mustPost } from '../ledger/index.ts';
import { lockOrder, recordRefund, type RefundDue } from '../orders/index.ts';
import { RefundEntity, type Payment, type Refund } from './entities.ts';
import { updateCash } from './cash.ts';
import { refundMachine } from './machine.ts';
import { bookPast } from './past.ts';
import { lockPaymentsOf, lockRefundsOf, refundsOfOrder } from './rows.ts';
import { paymentSettingsPort } from './settings.ts';
import { sum } from './sums.ts';

export interface Refunded {
  readonly refundedMinor: number;
  readonly refundIds: readonly string[];
}

/**
 * Sends money of the buyer back out of an order's escrow, all that is there when no amount is given. What a provider
 * captured goes back through it, the wallet's and the cash's part into the buyer's wallet at once. The order tells how
 * its refunds stand together. Null, changing nothing, when that much is not there any more.
 *
 * Nudge `refundPayments` afterwards. Locks the order, then its escrow: a caller that locks the order's group as well
 * does so before.
 */
export async function refundFromEscrow(
  tx: Tx,
  { orderId, amountMinor }: { orderId: string; amountMinor?: number },
): Promise<Refunded | null> {
  const found = await lockOrder(tx, orderId);
  if (!found) return null;
  const parts = await takeForRefund(tx, { orderId, ...(amountMinor !== undefined && { amountMinor }) });
  if (!parts) return null;
  for (const part of parts) await sendBack(tx, part, found.order);
  if (parts.length > 0) await recordRefunds(tx, orderId);
  return {
    refundedMinor: sum(parts.map((part) => part.amountMinor)),
    refundIds: parts.map(({ refundId }) => refundId),
  };
}

async function sendBack(
  tx: Tx,
  { refundId: id, source, sourceId, amountMinor }: ReturnedPart,
  { id: orderId, buyerId, currency }: { id: string; buyerId: Payment['payerId']; currency: Currency },
): Promise<void> {
  if (source === 'payment') {
    await createRefund(tx, { id, paymentId: sourceId, orderId, amountMinor, currency });
    return;
  }
  const refund = await createRefund(tx, { id, paymentId: null, orderId, amountMinor, currency });
  applyMove(refundMachine, refund, { name: 'credit', by: 'system', at: await tx.now() });
  await creditRefund(tx, refund, buyerId);
}

/** Puts a refund that cannot go back through its provider into the wallet of whoever paid. */
export async function creditRefund(
  tx: Tx,
  { id, orderId, amountMinor, currency }: Pick<Refund, 'id' | 'orderId' | 'amountMinor' | 'currency'>,
  userId: Payment['payerId'],
): Promise<void> {
  const postings = [
    { account: accounts.refund(id), amountMinor: -amountMinor },
    { account: accounts.available(userId), amountMinor },
  ];
  await mustPost(tx, { kind: 'refund.credit', reference: id, ...(orderId && { orderId }), currency, postings });
}

/** Brings an order up to date with its refunds: they stand together, and what of them has arrived adds up. */
export async function recordRefunds(tx: Tx, orderId: string): Promise<void> {
  const refunds = await refundsOfOrder(tx, orderId);
  const amountOf = (some: readonly Refund[]) => sum(some.map(({ amountMinor }) => amountMinor));
  const underWay = refunds.filter(({ state }) => isUnderWay(state));
  const refundingMinor = amountOf(underWay);
  await recordRefund(tx, orderId, {
    state: underWay.length > 0 ? 'pending' : 'refunded',
    refundedMinor: amountOf(refunds) - refundingMinor,
    refundingMinor,
  });
}

export function isUnderWay(state: Refund['state']): boolean {
  return state === 'approved' || state === 'submitted' || state === 'pending';
}

/** Sends an order's money back: out of its escrow, or, where it never came so far, from the attempt that has it. */
export async function refundOrder(tx: Tx, { group, orderId, amountMinor }: RefundDue): Promise<void> {
  if (await lockEscrow(tx, orderId)) {
    await refundFromEscrow(tx, { orderId });
    await updateCash(tx, group.id);
    return;
  }
  // The wallet's part of an order that came to nothing was never spent.
  if (amountMinor === 0) return;
  for (const payment of await lockPaymentsOf(tx, group)) {
    await bookPast(tx, { payment, group });
    if ((await unspentOf(tx, payment)) < amountMinor) continue;
    await refundUnspent(tx, payment, { orderId, amountMinor });
    await recordRefunds(tx, orderId);
    return;
  }
  // Its money is not in the books, and people have to see to it.
  tx.port(paymentSettingsPort).alarm({ provider: 'none', eventId: orderId, reason: 'refund_without_money' });
  await recordRefund(tx, orderId, { state: 'failed', refundedMinor: 0, refundingMinor: 0 });
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

async function refundUnspent(
  tx: Tx,
  { id: paymentId, currency }: Payment,
  { orderId, amountMinor }: { orderId: string | null; amountMinor: number },
): Promise<void> {
  const id = newId();
  const postings = [
    { account: accounts.payment(paymentId), amountMinor: -amountMinor },
    { account: accounts.refund(id), amountMinor },
  ];
  await mustPost(tx, { kind: 'refund.reserve', reference: id, ...(orderId && { orderId }), currency, postings });
  await createRefund(tx, { id, paymentId, orderId, amountMinor, currency });
}

type NewRefund = Pick<Refund, 'id' | 'paymentId' | 'orderId' | 'amountMinor' | 'currency'>;

async function createRefund(tx: Tx, refund: NewRefund): Promise<Refund> {
  assert(refund.amountMinor > 0, `refund ${refund.id} is of something`);
  const now = await tx.now();
  return tx.db.create(RefundEntity, {
    ...refund,
    state: 'approved',
    providerRef: null,
    submitAt: now,
    submitTries: 0,
    held: false,
    version: 1,
    createdAt: now,
    updatedAt: now,
  });
}
