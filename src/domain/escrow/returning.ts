import type { Tx } from '../kernel/define.ts';
import { newId } from '../kernel/ids.ts';
import { bump } from '../kernel/machine.ts';
import { accounts, mustPost, type Transfer } from '../ledger/index.ts';
import type { Escrow, EscrowPart, EscrowSource } from './entities.ts';
import { lockEscrow, moveEscrow, partsOf } from './rows.ts';

/** One way on which money goes back; it lies on `refund:<refundId>` until it has arrived. */
export interface ReturnedPart {
  readonly refundId: string;
  readonly source: Exclude<EscrowSource, 'promo'>;
  /** The attempt to pay, or the hub. */
  readonly sourceId: string | null;
  readonly amountMinor: number;
}

/** What the buyer can still get back of an order: what they paid, less what has gone back. */
export async function refundableOf(tx: Pick<Tx, 'db'>, escrow: Escrow): Promise<number> {
  if (escrow.releasedAt || escrow.state === 'refunded') return 0;
  return leftOf((await partsOf(tx.db, escrow.orderId)).filter(({ source }) => source !== 'promo'));
}

/**
 * Takes money of the buyer out of an order's escrow, all of it when no amount is given: first what a provider captured,
 * then the wallet's, then cash. A discount goes back to the market in proportion, whole with the last of it. Null,
 * changing nothing, when that much is not there (it was released, or has gone back) or a chargeback is open. The order
 * must be locked.
 */
export async function takeForRefund(
  tx: Tx,
  { orderId, amountMinor }: { orderId: string; amountMinor?: number },
): Promise<ReturnedPart[] | null> {
  const escrow = await lockEscrow(tx, orderId);
  if (!escrow) return null;
  const left = await refundableOf(tx, escrow);
  const wanted = amountMinor ?? left;
  // The buyer's bank would give the same money a second time.
  if (escrow.openChargebacks > 0) return null;
  if (wanted > left || escrow.releasedAt || escrow.state === 'refunded') return null;
  const parts = await partsOf(tx.db, orderId);
  const taken = takeFrom(
    parts.filter(({ source }) => source !== 'promo'),
    wanted,
  );
  const returned = taken.map(({ part, amount }) => ({
    refundId: newId(),
    source: part.source as ReturnedPart['source'],
    sourceId: part.sourceId ?? null,
    amountMinor: amount,
  }));
  const promoMinor = takePromo(parts, { wanted, left, dueMinor: dueOf(escrow) });
  escrow.returnedMinor += wanted + promoMinor;
  if (wanted === left) await moveTo(tx, escrow);
  else bump(escrow, await tx.now());
  await mustPost(tx, ...returned.map((part) => reserving(escrow, part)), ...promoReturn(escrow, promoMinor));
  return returned;
}

function leftOf(parts: readonly EscrowPart[]): number {
  return parts.reduce((total, part) => total + part.amountMinor - part.returnedMinor, 0);
}

function takeFrom(parts: readonly EscrowPart[], wanted: number): { part: EscrowPart; amount: number }[] {
  let missing = wanted;
  const taken: { part: EscrowPart; amount: number }[] = [];
  for (const part of parts) {
    const amount = Math.min(missing, part.amountMinor - part.returnedMinor);
    if (amount === 0) continue;
    part.returnedMinor += amount;
    missing -= amount;
    taken.push({ part, amount });
  }
  return taken;
}

/** Cash that the buyer still is to pay. */
function dueOf({ state, cashState, cashMinor }: Escrow): number {
  return state === 'unfunded' && cashState === 'due' ? cashMinor : 0;
}

interface Wanted {
  readonly wanted: number;
  readonly left: number;
  readonly dueMinor: number;
}

/**
 * The discount's share, rounded down until the last of the buyer's money goes back. Cash that is still due counts as
 * the buyer's: else the discount would be gone with the first that goes back, and missing once the cash is there.
 */
function takePromo(parts: readonly EscrowPart[], { wanted, left, dueMinor }: Wanted): number {
  const promo = parts.find(({ source }) => source === 'promo');
  if (!promo) return 0;
  const rest = promo.amountMinor - promo.returnedMinor;
  const share = wanted === left ? rest : Number((BigInt(rest) * BigInt(wanted)) / BigInt(left + dueMinor));
  promo.returnedMinor += share;
  return share;
}

/** All that the buyer paid has gone back. */
async function moveTo(tx: Tx, escrow: Escrow): Promise<void> {
  if (escrow.state === 'frozen') await moveEscrow(tx, escrow, 'thaw');
  await moveEscrow(tx, escrow, 'refund');
}

function reserving({ orderId, currency }: Escrow, { refundId, amountMinor }: ReturnedPart): Transfer {
  const postings = [
    { account: accounts.escrow(orderId), amountMinor: -amountMinor },
    { account: accounts.refund(refundId), amountMinor },
  ];
  return { kind: 'refund.reserve', reference: refundId, orderId, currency, postings };
}

function promoReturn({ orderId, currency, returnedMinor }: Escrow, amountMinor: number): Transfer[] {
  if (amountMinor === 0) return [];
  const postings = [
    { account: accounts.escrow(orderId), amountMinor: -amountMinor },
    { account: accounts.promo, amountMinor },
  ];
  // What has gone back in all only grows, so it tells one return from the next.
  return [{ kind: 'promo.return', reference: `${orderId}:${returnedMinor}`, orderId, currency, postings }];
}
