import { lockEscrow, refundableOf, thawEscrow } from '../escrow/index.ts';
import type { Tx } from '../kernel/define.ts';
import { assert } from '../kernel/errors.ts';
import { completeOrders, resolveOrder } from '../orders/index.ts';
import { refundFromEscrow } from '../payments/index.ts';
import type { Dispute } from './entities.ts';

/** What the buyer could get back now. The order must be locked. */
export async function refundableNow(tx: Tx, { orderId }: Pick<Dispute, 'orderId'>): Promise<number> {
  const escrow = await lockEscrow(tx, orderId);
  return escrow ? refundableOf(tx, escrow) : 0;
}

/** All of the buyer's money goes back, and the order with it. No chargeback may be open. */
export async function decideForBuyer(tx: Tx, dispute: Dispute): Promise<void> {
  const { orderId } = dispute;
  const leftMinor = await refundableNow(tx, dispute);
  if (leftMinor > 0) await mustRefund(tx, orderId, leftMinor);
  await mustResolve(tx, orderId, 'buyer');
  giveBack(dispute, leftMinor);
}

/** Part of the money goes back, and the rest is released as of an order received. No chargeback may be open. */
export async function split(tx: Tx, dispute: Dispute, refundMinor: number): Promise<void> {
  const { orderId } = dispute;
  await thawEscrow(tx, orderId);
  await mustRefund(tx, orderId, refundMinor);
  await mustResolve(tx, orderId, 'seller');
  giveBack(dispute, refundMinor);
}

/** Nothing goes back: the order counts as received. While a chargeback is open its money stays frozen. */
export async function decideForSeller(tx: Tx, dispute: Dispute): Promise<void> {
  const { orderId } = dispute;
  await thawEscrow(tx, orderId);
  await mustResolve(tx, orderId, 'seller');
  dispute.refundMinor = 0;
}

/** More may be there than when it was opened: what a chargeback had taken then, and gave back when it was won. */
function giveBack(dispute: Dispute, refundMinor: number): void {
  dispute.amountMinor = Math.max(dispute.amountMinor, refundMinor);
  dispute.refundMinor = refundMinor;
}

async function mustRefund(tx: Tx, orderId: string, amountMinor: number): Promise<void> {
  const refunded = await refundFromEscrow(tx, { orderId, amountMinor });
  assert(refunded?.refundedMinor === amountMinor, `${amountMinor} of order ${orderId} goes back`);
}

async function mustResolve(tx: Tx, orderId: string, to: 'buyer' | 'seller'): Promise<void> {
  assert(await resolveOrder(tx, { orderId, to }), `order ${orderId} is disputed`);
  if (to === 'seller') tx.nudge(completeOrders);
}
