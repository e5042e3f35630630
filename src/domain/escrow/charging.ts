import { sql } from 'kysely';
import type { Tx } from '../kernel/define.ts';
import { assert } from '../kernel/errors.ts';
import { bump } from '../kernel/machine.ts';
import { accounts, balanceOf, owedBy, postTransfer, type Posting } from '../ledger/index.ts';
import type { Escrow, EscrowPart } from './entities.ts';
import { lockEscrow, moveEscrow, partsOf } from './rows.ts';

/** Where the money of a chargeback came from, for one order. */
export interface Charged {
  readonly escrowMinor: number;
  readonly reserveMinor: number;
  readonly debtMinor: number;
}

interface Charge {
  readonly orderId: string;
  /** The attempt that paid. */
  readonly paymentId: string;
  readonly provider: string;
  readonly chargebackId: string;
}

/** What an attempt paid for an order and has not gone back; null when it paid nothing of it. */
export async function chargeableOf(
  tx: Pick<Tx, 'db'>,
  { orderId, paymentId }: Pick<Charge, 'orderId' | 'paymentId'>,
): Promise<number | null> {
  const part = await paidPart(tx, { orderId, paymentId });
  return part ? part.amountMinor - part.returnedMinor : null;
}

/** Notes that a chargeback of an order's payment is open: nothing is released or refunded until the last is closed. */
export async function openChargeback(tx: Tx, orderId: string): Promise<void> {
  const escrow = await lockEscrow(tx, orderId);
  assert(escrow, `order ${orderId} has an escrow`);
  escrow.openChargebacks += 1;
  if (escrow.state === 'held' || escrow.state === 'release_pending') await moveEscrow(tx, escrow, 'freeze');
  else bump(escrow, await tx.now());
}

/** Takes the note back. The caller thaws what is left, where no dispute is open. */
export async function closeChargeback(tx: Tx, orderId: string): Promise<Escrow> {
  const escrow = await lockEscrow(tx, orderId);
  assert(escrow && escrow.openChargebacks > 0, `order ${orderId} has an open chargeback`);
  escrow.openChargebacks -= 1;
  bump(escrow, await tx.now());
  return escrow;
}

/**
 * Takes an order's share of a chargeback: out of its escrow while it is there; once it is released out of the seller's
 * reserve, and the rest is the seller's debt. The share is at most what `chargeableOf` says. The order must be locked.
 */
export async function takeForChargeback(tx: Tx, charge: Charge, amountMinor: number): Promise<Charged> {
  const { orderId } = charge;
  const escrow = await lockEscrow(tx, orderId);
  const part = await paidPart(tx, charge);
  assert(escrow && part && amountMinor <= part.amountMinor - part.returnedMinor, `order ${orderId} can be charged`);
  const charged = await postTake(tx, charge, { escrow, amountMinor });
  if (charged.escrowMinor > 0) {
    escrow.returnedMinor += charged.escrowMinor;
    part.returnedMinor += charged.escrowMinor;
    bump(escrow, await tx.now());
  }
  return charged;
}

async function postTake(
  tx: Tx,
  { orderId, provider, chargebackId }: Charge,
  { escrow, amountMinor }: { escrow: Escrow; amountMinor: number },
): Promise<Charged> {
  const { sellerId, currency } = escrow;
  // A reserve that another chargeback, or its release, uses at the same time is read again.
  for (let tries = 0; tries < 5; tries += 1) {
    const kept = escrow.releasedAt ? await balanceOf(tx.sql, accounts.reserve(sellerId), currency) : 0;
    const escrowMinor = escrow.releasedAt ? 0 : amountMinor;
    const reserveMinor = Math.min(kept, amountMinor - escrowMinor);
    const debtMinor = amountMinor - escrowMinor - reserveMinor;
    const outcome = await postTransfer(tx, {
      kind: 'chargeback.take',
      reference: `${chargebackId}:${orderId}`,
      orderId,
      currency,
      postings: [
        { account: accounts.escrow(orderId), amountMinor: -escrowMinor },
        { account: accounts.reserve(sellerId), amountMinor: -reserveMinor },
        { account: accounts.debt(sellerId), amountMinor: -debtMinor },
        { account: accounts.clearing(provider), amountMinor },
      ],
    });
    if (outcome !== 'insufficient') return { escrowMinor, reserveMinor, debtMinor };
  }
  return assert(false, `the chargeback ${chargebackId} can be taken`) as never;
}

/**
 * Gives an order's share back, the way it was taken. What a release has paid of the debt since, and what would go to a
 * reserve whose time is over, goes to the seller's wallet. The order must be locked, and its chargeback still open.
 */
export async function returnFromChargeback(tx: Tx, charge: Charge, charged: Charged): Promise<void> {
  const { orderId, provider, chargebackId } = charge;
  const escrow = await lockEscrow(tx, orderId);
  const part = await paidPart(tx, charge);
  assert(escrow && part, `order ${orderId} was charged`);
  const { currency } = escrow;
  const { escrowMinor, reserveMinor, debtMinor } = charged;
  for (let tries = 0; tries < 5; tries += 1) {
    const outcome = await postTransfer(tx, {
      kind: 'chargeback.return',
      reference: `${chargebackId}:${orderId}`,
      orderId,
      currency,
      postings: [
        { account: accounts.clearing(provider), amountMinor: -(escrowMinor + reserveMinor + debtMinor) },
        { account: accounts.escrow(orderId), amountMinor: escrowMinor },
        ...(await backToSeller(tx, escrow, charged)),
      ],
    });
    if (outcome === 'insufficient') continue;
    escrow.returnedMinor -= escrowMinor;
    part.returnedMinor -= escrowMinor;
    bump(escrow, await tx.now());
    return;
  }
  assert(false, `the chargeback ${chargebackId} can be returned`);
}

async function backToSeller(
  tx: Tx,
  { sellerId, currency }: Escrow,
  { reserveMinor, debtMinor }: Charged,
): Promise<Posting[]> {
  if (reserveMinor + debtMinor === 0) return [];
  const owed = await owedBy(tx.sql, { userId: sellerId, currency });
  const { rows } = await sql<{ kept: string }>`
    select coalesce(sum(reserve_minor), 0)::text as kept from escrow
    where seller_id = ${sellerId} and currency = ${currency} and reserve_until is not null`.execute(tx.sql);
  const room = Number(rows[0]?.kept ?? 0) - (await balanceOf(tx.sql, accounts.reserve(sellerId), currency));
  const toDebt = Math.min(owed, debtMinor);
  const toReserve = Math.max(0, Math.min(room, reserveMinor));
  return [
    { account: accounts.debt(sellerId), amountMinor: toDebt },
    { account: accounts.reserve(sellerId), amountMinor: toReserve },
    { account: accounts.available(sellerId), amountMinor: reserveMinor + debtMinor - toDebt - toReserve },
  ];
}

async function paidPart(
  tx: Pick<Tx, 'db'>,
  { orderId, paymentId }: Pick<Charge, 'orderId' | 'paymentId'>,
): Promise<EscrowPart | undefined> {
  const parts = await partsOf(tx.db, orderId);
  return parts.find(({ source, sourceId }) => source === 'payment' && sourceId === paymentId);
}
