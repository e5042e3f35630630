import { closeChargeback, refundableOf, thawEscrow, type Escrow } from '../escrow/index.ts';
import type { Tx } from '../kernel/define.ts';
import { assert } from '../kernel/errors.ts';
import { applyMove } from '../kernel/machine.ts';
import { completeOrders, endRefunded, resolveOrder, type OrderWithLines } from '../orders/index.ts';
import { closeChargebackOf, refundFromEscrow, refundPayments } from '../payments/index.ts';
import type { Chargeback, ChargebackShare } from './chargeback-entities.ts';
import { DisputeEntity, type Dispute } from './entities.ts';
import { tellDispute } from './events.ts';
import { disputeMachine, openDisputeStates } from './machine.ts';
import { withStatements } from './views.ts';

interface Closed {
  readonly chargeback: Chargeback;
  readonly file: { readonly shares: readonly ChargebackShare[] };
  readonly orders: readonly OrderWithLines[];
}

/**
 * Lets the orders of a chargeback go on once the bank has decided. One whose money is gone ends with it; of another the
 * rest is released, unless its own dispute goes on or another chargeback is open.
 */
export async function closeOrders(tx: Tx, { chargeback, file, orders }: Closed): Promise<void> {
  await closePayment(tx, chargeback);
  for (const { orderId } of file.shares) {
    const found = orders.find(({ order }) => order.id === orderId);
    assert(found, `order ${orderId} of a chargeback is locked`);
    const escrow = await closeChargeback(tx, orderId);
    if (escrow.openChargebacks > 0) continue;
    if (await isAllGone(tx, escrow)) await endOrder(tx, found);
    else await letGo(tx, found);
  }
}

async function closePayment(tx: Tx, chargeback: Chargeback): Promise<void> {
  const { id: chargebackId, paymentId, state, lossesMinor } = chargeback;
  const cost = { chargebackId, amountMinor: state === 'lost' ? lossesMinor : 0 };
  chargeback.lossesMinor -= await closeChargebackOf(tx, paymentId, cost);
  tx.nudge(refundPayments);
}

async function isAllGone(tx: Tx, escrow: Escrow): Promise<boolean> {
  const resolved = escrow.releasedAt !== null || escrow.state === 'refunded' || escrow.state === 'unfunded';
  return !resolved && (await refundableOf(tx, escrow)) === 0;
}

/** Nothing of the buyer's money is left: the market's discount goes back, and a dispute about it is over. */
async function endOrder(tx: Tx, found: OrderWithLines): Promise<void> {
  const { id: orderId } = found.order;
  assert(await refundFromEscrow(tx, { orderId }), `what is left of order ${orderId} goes back`);
  const dispute = await openDisputeOf(tx, orderId);
  if (dispute) {
    const at = await tx.now();
    assert(applyMove(disputeMachine, dispute, { name: 'overtake', by: 'system', at }), 'a dispute is overtaken');
    Object.assign(dispute, { refundMinor: 0, decidedAt: at });
    tellDispute(tx, (await withStatements(tx.db, [dispute]))[0]!, 'resolved');
  }
  await endRefunded(tx, found);
}

async function letGo(tx: Tx, { order: { id: orderId, state } }: OrderWithLines): Promise<void> {
  if (await openDisputeOf(tx, orderId)) return;
  await thawEscrow(tx, orderId);
  if (state === 'disputed') await resolveOrder(tx, { orderId, to: 'seller' });
  tx.nudge(completeOrders);
}

async function openDisputeOf(tx: Tx, orderId: string): Promise<Dispute | null> {
  return tx.db.findOne(DisputeEntity, {
    orderId,
    state: { $in: [...openDisputeStates] },
  });
}
