import { lockEscrow } from '../escrow/index.ts';
import type { Tx } from '../kernel/define.ts';
import type { UserId } from '../kernel/ids.ts';
import { accounts, mustPost } from '../ledger/index.ts';
import type { Refund } from './entities.ts';
import { creditRefund } from './refunding.ts';
import { refundsOfOrder } from './rows.ts';

// A refund that fails while the buyer's bank looks at the payment is not credited to the wallet: the bank may give the
// same money. It stays on the refund's account until the bank has decided.

/** Holds a refund that has failed, if a chargeback of its order is open. */
export async function holdFailed(tx: Tx, refund: Refund): Promise<boolean> {
  const { orderId } = refund;
  refund.held = orderId ? ((await lockEscrow(tx, orderId))?.openChargebacks ?? 0) > 0 : false;
  return refund.held;
}

/**
 * Gives out what failed refunds of an order have held: first what a lost chargeback has cost the market beyond the
 * order's escrow, and the rest to the buyer's wallet. Returns what of the cost was covered. The order must be locked.
 */
export async function settleHeldRefunds(
  tx: Tx,
  { orderId, buyerId }: { orderId: string; buyerId: UserId },
  cost: { chargebackId: string; amountMinor: number },
): Promise<number> {
  let missing = cost.amountMinor;
  for (const refund of await refundsOfOrder(tx, orderId)) {
    if (!refund.held) continue;
    refund.held = false;
    const { amountMinor } = refund;
    const covered = Math.min(amountMinor, missing);
    const postings = [
      { account: accounts.refund(refund.id), amountMinor: -covered },
      { account: accounts.losses, amountMinor: covered },
    ];
    const reference = `${cost.chargebackId}:${refund.id}`;
    await mustPost(tx, { kind: 'chargeback.take', reference, orderId, currency: refund.currency, postings });
    missing -= covered;
    const rest = { id: refund.id, orderId, currency: refund.currency, amountMinor: amountMinor - covered };
    if (rest.amountMinor > 0) await creditRefund(tx, rest, buyerId);
  }
  return cost.amountMinor - missing;
}
