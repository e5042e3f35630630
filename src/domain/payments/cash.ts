import { LockMode } from '@mikro-orm/core';
import { EscrowEntity, type Escrow } from '../escrow/index.ts';
import type { Tx } from '../kernel/define.ts';
import { assert } from '../kernel/errors.ts';
import { applyMove, bump } from '../kernel/machine.ts';
import { lockOrder, orderIdsOf } from '../orders/index.ts';
import { PaymentEntity, type Payment } from './entities.ts';
import { tellPayer } from './events.ts';
import { paymentMachine } from './machine.ts';
import { sum } from './sums.ts';

/** An order's cash has been booked into its escrow. The order must be locked. */
export async function recordCashCollected(
  tx: Tx,
  { orderId, amountMinor }: { orderId: string; amountMinor: number },
): Promise<void> {
  const groupId = await groupOf(tx, orderId);
  const escrows = await updateCash(tx, groupId);
  const booked = escrows.find((escrow) => escrow.orderId === orderId);
  assert(booked?.cashMinor === amountMinor && booked.cashState !== 'due', `the cash of order ${orderId} is booked`);
}

/** The cash of orders has come in from its hub. The orders must be locked. */
export async function recordCashRemitted(tx: Tx, { orderIds }: { orderIds: readonly string[] }): Promise<void> {
  const groups = new Set<string>();
  for (const orderId of orderIds) groups.add(await groupOf(tx, orderId));
  for (const groupId of [...groups].toSorted()) await updateCash(tx, groupId);
}

async function groupOf(tx: Tx, orderId: string): Promise<string> {
  const found = await lockOrder(tx, orderId);
  assert(found, `order ${orderId} exists`);
  return found.order.groupId;
}

/**
 * Brings a group's payment in cash up to date with the escrows of its orders, of which it is the sum. Locks the payment
 * alone, after whatever orders the caller has locked: whoever comes second sees what the first has written.
 */
export async function updateCash(tx: Tx, groupId: string): Promise<Escrow[]> {
  await tx.db.flush();
  const lock = { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true } as const;
  const open = { orderGroupId: groupId, state: { $in: ['cod_due', 'collected'] as const } };
  const payment = await tx.db.findOne(PaymentEntity, open, lock);
  const orderIds = await orderIdsOf(tx, groupId);
  const escrows = await tx.db.find(EscrowEntity, { orderId: { $in: orderIds } }, { refresh: true });
  if (payment) await followCash(tx, payment, escrows);
  return escrows;
}

async function followCash(tx: Tx, payment: Payment, escrows: readonly Escrow[]): Promise<void> {
  const at = await tx.now();
  const collected = escrows.filter(({ cashState }) => cashState === 'collected' || cashState === 'remitted');
  const isDue = escrows.some(({ cashState, state }) => cashState === 'due' && state === 'unfunded');
  const capturedMinor = sum(collected.map(({ cashMinor }) => cashMinor));
  const grown = capturedMinor > payment.capturedMinor;
  payment.capturedMinor = capturedMinor;
  const move = (name: 'collect' | 'remit' | 'waive', by: 'hub' | 'system') =>
    applyMove(paymentMachine, payment, { name, by, at });
  let moved = false;
  if (!isDue) moved = capturedMinor > 0 ? move('collect', 'hub') : move('waive', 'system');
  if (!isDue && collected.every(({ cashState }) => cashState === 'remitted')) moved = move('remit', 'hub') || moved;
  if (!moved && grown) bump(payment, at);
  if (moved || grown) tellPayer(tx, payment, { kind: moved ? payment.state : 'partly_captured' });
}
