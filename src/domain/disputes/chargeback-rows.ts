import { LockMode } from '@mikro-orm/core';
import { sql } from 'kysely';
import { chargeableOf } from '../escrow/index.ts';
import type { Db, Tx } from '../kernel/define.ts';
import { assert } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import { allocate, type Currency } from '../kernel/money.ts';
import { lockOrderGroup, lockOrdersOf, type OrderWithLines } from '../orders/index.ts';
import type { Attempt, ChargebackFact } from '../payments/index.ts';
import {
  ChargebackEntity,
  ChargebackShareEntity,
  type Chargeback,
  type ChargebackShare,
} from './chargeback-entities.ts';

/** A chargeback with the orders that its payment paid for. */
export interface ChargebackFile {
  readonly chargeback: Chargeback;
  readonly shares: readonly ChargebackShare[];
}

/** Locks all that a chargeback of an attempt may move: the group, its orders, and other chargebacks of it. */
export async function lockCharged(tx: Tx, attempt: Attempt): Promise<OrderWithLines[]> {
  const group = attempt.orderGroupId && (await lockOrderGroup(tx, attempt.orderGroupId));
  const orders = group ? await lockOrdersOf(tx, group) : [];
  // A top-up has no group, and a new chargeback no row.
  await sql`select pg_advisory_xact_lock(hashtextextended(${attempt.id}, 0))`.execute(tx.sql);
  return orders;
}

export async function findChargeback(
  tx: Tx,
  where: { provider: string; providerRef: string },
): Promise<ChargebackFile | null> {
  const lock = { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true } as const;
  const chargeback = await tx.db.findOne(ChargebackEntity, where, lock);
  return chargeback && (await withShares(tx.db, [chargeback]))[0]!;
}

export async function withShares(db: Db, chargebacks: readonly Chargeback[]): Promise<ChargebackFile[]> {
  const ids = chargebacks.map(({ id }) => id);
  const shares = await db.find(ChargebackShareEntity, { chargebackId: { $in: ids } }, { orderBy: { orderId: 'asc' } });
  const byChargeback = Map.groupBy(shares, ({ chargebackId }) => chargebackId);
  return chargebacks.map((chargeback) => ({ chargeback, shares: byChargeback.get(chargeback.id) ?? [] }));
}

/** Writes a new chargeback, with each order's share of it. */
export async function createChargeback(
  tx: Tx,
  { attempt, fact, orders }: { attempt: Attempt; fact: ChargebackFact; orders: readonly OrderWithLines[] },
): Promise<ChargebackFile> {
  const now = await tx.now();
  const chargeback = tx.db.create(ChargebackEntity, {
    id: newId(),
    provider: attempt.provider,
    providerRef: fact.providerRef,
    paymentId: attempt.id,
    state: 'warning_needs_response',
    currency: fact.currency as Currency,
    amountMinor: fact.amountMinor,
    reason: fact.reason,
    evidenceDueAt: null,
    funds: 'none',
    walletMinor: 0,
    owedMinor: 0,
    lossesMinor: 0,
    closedAt: null,
    submitAt: null,
    submitTries: 0,
    submittedAt: null,
    version: 1,
    createdAt: now,
    updatedAt: now,
  });
  return { chargeback, shares: await createShares(tx, chargeback, orders) };
}

/**
 * In proportion to what the payment paid for each order and has not gone back, nor is claimed by another chargeback.
 * Beyond that, the orders have nothing of it: the buyer has had that money once already.
 */
async function createShares(
  tx: Tx,
  { id: chargebackId, paymentId, amountMinor }: Chargeback,
  orders: readonly OrderWithLines[],
): Promise<ChargebackShare[]> {
  const claimed = await claimedOf(tx, { paymentId, chargebackId });
  const paid: { found: OrderWithLines; left: number }[] = [];
  for (const found of orders) {
    const left = await chargeableOf(tx, { orderId: found.order.id, paymentId });
    if (left !== null) paid.push({ found, left: Math.max(0, left - (claimed.get(found.order.id) ?? 0)) });
  }
  const lefts = paid.map(({ left }) => left);
  const shared = Math.min(
    amountMinor,
    lefts.reduce((total, left) => total + left, 0),
  );
  const parts = shared === 0 ? lefts : allocate(shared, lefts);
  return paid.map(({ found: { order } }, index) => {
    const part = parts[index];
    assert(part !== undefined, `order ${order.id} has a share`);
    return tx.db.create(ChargebackShareEntity, {
      chargebackId,
      orderId: order.id,
      sellerId: order.sellerId,
      amountMinor: part,
      escrowMinor: 0,
      reserveMinor: 0,
      debtMinor: 0,
    });
  });
}

/**
 * What other chargebacks of a payment claim of each order beside what has gone back out of its escrow: what they may
 * still take, and what they have taken of its seller. The payment's chargebacks must be locked.
 */
async function claimedOf(
  tx: Tx,
  { paymentId, chargebackId }: { paymentId: string; chargebackId: Chargeback['id'] },
): Promise<Map<string, number>> {
  const others = await tx.db.find(ChargebackEntity, { paymentId, id: { $ne: chargebackId } });
  const claimed = new Map<string, number>();
  for (const { chargeback, shares } of await withShares(tx.db, others)) {
    const isPending = chargeback.funds === 'none' && chargeback.closedAt === null;
    for (const { orderId, amountMinor, reserveMinor, debtMinor } of shares) {
      const taken = chargeback.funds === 'taken' ? reserveMinor + debtMinor : 0;
      claimed.set(orderId, (claimed.get(orderId) ?? 0) + (isPending ? amountMinor : taken));
    }
  }
  return claimed;
}

export async function lockChargeback(tx: Tx, id: Chargeback['id']): Promise<Chargeback | null> {
  return tx.db.findOne(ChargebackEntity, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true });
}
