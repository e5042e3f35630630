import type { Tx } from '../kernel/define.ts';
import { assert } from '../kernel/errors.ts';
import { allocate } from '../kernel/money.ts';
import { accounts, owedBy, postTransfer } from '../ledger/index.ts';
import type { Escrow } from './entities.ts';
import { lockEscrow, moveEscrow } from './rows.ts';
import { escrowSettingsPort } from './settings.ts';

/** Where the money of a released order went. The parts sum to what was in escrow. */
export interface Release {
  readonly feeMinor: number;
  readonly deliveryMinor: number;
  readonly debtMinor: number;
  readonly reserveMinor: number;
  readonly payoutMinor: number;
}

/** Stops the release while a dispute or a chargeback is open. False when there is nothing to stop. */
export async function freezeEscrow(tx: Tx, orderId: string): Promise<boolean> {
  const escrow = await lockEscrow(tx, orderId);
  if (!escrow || (escrow.state !== 'held' && escrow.state !== 'release_pending')) return false;
  await moveEscrow(tx, escrow, 'freeze');
  return true;
}

/** Lets a release go on. A chargeback that is open keeps the money frozen all the same. */
export async function thawEscrow(tx: Tx, orderId: string): Promise<void> {
  const escrow = await lockEscrow(tx, orderId);
  if (escrow?.state === 'frozen' && escrow.openChargebacks === 0) await moveEscrow(tx, escrow, 'thaw');
}

/**
 * Gives what is left in an order's escrow to the seller's side, once: the market's fee of the goods, the delivery, what
 * the seller owes, the reserve; the rest is due to be paid out. `waiting` while cash has not come in; `frozen` while a
 * dispute or a chargeback is open; `over` when it was resolved before, or nothing is left. The order must be locked.
 */
export async function releaseEscrow(tx: Tx, orderId: string): Promise<Release | 'waiting' | 'frozen' | 'over'> {
  const escrow = await lockEscrow(tx, orderId);
  if (!escrow || escrow.releasedAt || escrow.state === 'refunded') return 'over';
  if (escrow.state === 'frozen' || escrow.openChargebacks > 0) return 'frozen';
  if (escrow.state === 'unfunded' || (escrow.cashState && escrow.cashState !== 'remitted')) {
    if (escrow.state === 'held') await moveEscrow(tx, escrow, 'await');
    return 'waiting';
  }
  const release = await postRelease(tx, escrow);
  const now = await tx.now();
  const { reserveMs } = tx.port(escrowSettingsPort);
  const { payoutMinor, reserveMinor } = release;
  Object.assign(escrow, {
    releasedMinor: leftIn(escrow),
    releasedAt: now,
    reserveMinor,
    reserveUntil: reserveMinor > 0 ? new Date(now.getTime() + reserveMs) : null,
    payoutMinor,
    payoutDue: payoutMinor > 0,
  });
  await moveEscrow(tx, escrow, escrow.returnedMinor > 0 ? 'split' : 'release');
  return release;
}

const leftIn = ({ fundedMinor, returnedMinor, releasedMinor }: Escrow) => fundedMinor - returnedMinor - releasedMinor;

async function postRelease(tx: Tx, escrow: Escrow): Promise<Release> {
  const { orderId, sellerId, currency } = escrow;
  // A debt that another release pays off at the same time is read again.
  for (let tries = 0; tries < 5; tries += 1) {
    const owedMinor = await owedBy(tx.sql, { userId: sellerId, currency });
    const release = divide(tx, escrow, owedMinor);
    const outcome = await postTransfer(tx, {
      kind: 'order.release',
      reference: orderId,
      orderId,
      currency,
      postings: [
        { account: accounts.escrow(orderId), amountMinor: -leftIn(escrow) },
        { account: accounts.fees, amountMinor: release.feeMinor },
        { account: accounts.deliveryFees, amountMinor: release.deliveryMinor },
        { account: accounts.debt(sellerId), amountMinor: release.debtMinor },
        { account: accounts.reserve(sellerId), amountMinor: release.reserveMinor },
        { account: accounts.payout(sellerId), amountMinor: release.payoutMinor },
      ],
    });
    if (outcome !== 'insufficient') return release;
  }
  return assert(false, `the escrow of order ${orderId} can be released`) as never;
}

function divide(tx: Tx, escrow: Escrow, owedMinor: number): Release {
  const { feeBps, reserveBps } = tx.port(escrowSettingsPort);
  const leftMinor = leftIn(escrow);
  const deliveryMinor = Math.min(escrow.deliveryMinor, leftMinor);
  const [feeMinor = 0, sellersMinor = 0] = allocate(leftMinor - deliveryMinor, [feeBps, 10_000 - feeBps]);
  const debtMinor = Math.min(owedMinor, sellersMinor);
  const [reserveMinor = 0, payoutMinor = 0] = allocate(sellersMinor - debtMinor, [reserveBps, 10_000 - reserveBps]);
  return { feeMinor, deliveryMinor, debtMinor, reserveMinor, payoutMinor };
}
