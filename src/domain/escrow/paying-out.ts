import { LockMode } from '@mikro-orm/core';
import type { Tx } from '../kernel/define.ts';
import { bump } from '../kernel/machine.ts';
import { accounts, balanceOf, postTransfer } from '../ledger/index.ts';
import { EscrowEntity, type Escrow } from './entities.ts';

const claim = { lockMode: LockMode.PESSIMISTIC_PARTIAL_WRITE, refresh: true } as const;

/** Takes over what orders have released to their sellers; each is handed out once. */
export async function claimPayoutsDue(tx: Tx, limit: number): Promise<Escrow[]> {
  await tx.db.flush();
  const escrows = await tx.db.find(
    EscrowEntity,
    { payoutDue: true },
    { ...claim, orderBy: { releasedAt: 'asc' }, limit },
  );
  for (const escrow of escrows) {
    escrow.payoutDue = false;
    bump(escrow, await tx.now());
  }
  return escrows;
}

/**
 * Releases reserves whose time is over to their sellers' payout accounts, each once, and says how much. It is less than
 * was kept, or nothing, where chargebacks have used the seller's reserve up. One that is open keeps the order's back.
 */
export async function releaseReserves(tx: Tx, limit: number): Promise<{ escrow: Escrow; amountMinor: number }[]> {
  await tx.db.flush();
  const now = await tx.now();
  const due = { reserveUntil: { $lte: now }, openChargebacks: 0 };
  const escrows = await tx.db.find(EscrowEntity, due, { ...claim, orderBy: { reserveUntil: 'asc' }, limit });
  const released: { escrow: Escrow; amountMinor: number }[] = [];
  for (const escrow of escrows) {
    escrow.reserveUntil = null;
    bump(escrow, now);
    released.push({ escrow, amountMinor: await postReserve(tx, escrow) });
  }
  return released;
}

async function postReserve(tx: Tx, { orderId, sellerId, currency, reserveMinor }: Escrow): Promise<number> {
  // What a chargeback takes at the same time is read again.
  for (let tries = 0; tries < 5; tries += 1) {
    const left = await balanceOf(tx.sql, accounts.reserve(sellerId), currency);
    const amountMinor = Math.min(reserveMinor, left);
    if (amountMinor === 0) return 0;
    const postings = [
      { account: accounts.reserve(sellerId), amountMinor: -amountMinor },
      { account: accounts.payout(sellerId), amountMinor },
    ];
    const transfer = { kind: 'reserve.release', reference: orderId, orderId, currency, postings } as const;
    if ((await postTransfer(tx, transfer)) !== 'insufficient') return amountMinor;
  }
  throw new Error(`the reserve of order ${orderId} is being used up`);
}
