import { LockMode } from '@mikro-orm/core';
import type { Tx } from '../kernel/define.ts';
import { assert } from '../kernel/errors.ts';
import { lockRow } from '../kernel/row-locks.ts';
import { lockOrderGroup, lockOrdersOf, type OrderGroup } from '../orders/index.ts';
import { PaymentEntity, RefundEntity, type Payment, type Refund } from './entities.ts';

// An order group and its orders are locked before anything of its payments, so that one transaction at a time works on
// a group. A top-up has no group: its own row is all.
const lock = { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true } as const;

export async function lockPayment(tx: Tx, id: string): Promise<{ group: OrderGroup | null; payment: Payment } | null> {
  await tx.db.flush();
  const seen = await tx.db.findOne(PaymentEntity, { id: id });
  if (!seen) return null;
  const group = seen.orderGroupId ? await lockWhole(tx, seen.orderGroupId) : null;
  const payment = await lockRow(tx, PaymentEntity, seen.id);
  assert(payment, `payment ${seen.id} exists`);
  return { group, payment };
}

async function lockWhole(tx: Tx, groupId: string): Promise<OrderGroup> {
  const group = await lockOrderGroup(tx, groupId);
  assert(group, `group ${groupId} of a payment exists`);
  await lockOrdersOf(tx, group);
  return group;
}

/** A group's attempts, oldest first. The group must be locked. */
export async function lockPaymentsOf(tx: Tx, group: Pick<OrderGroup, 'id'>): Promise<Payment[]> {
  return lockPaymentsOfAll(tx, [group]);
}

/** The attempts of any number of groups, most of which may have none. The groups must be locked. */
export async function lockPaymentsOfAll(tx: Tx, groups: readonly Pick<OrderGroup, 'id'>[]): Promise<Payment[]> {
  await tx.db.flush();
  const orderGroupId = { $in: groups.map(({ id }) => id) };
  return tx.db.find(PaymentEntity, { orderGroupId }, { ...lock, orderBy: { id: 'asc' } });
}

/** An attempt's refunds. The attempt must be locked. */
export async function lockRefundsOf(tx: Tx, payment: Pick<Payment, 'id'>): Promise<Refund[]> {
  await tx.db.flush();
  return tx.db.find(RefundEntity, { paymentId: payment.id }, { ...lock, orderBy: { id: 'asc' } });
}

/** An order's refunds, of all attempts and of its wallet's part. The order must be locked. */
export async function refundsOfOrder(tx: Tx, orderId: string): Promise<Refund[]> {
  await tx.db.flush();
  return tx.db.find(RefundEntity, { orderId }, { refresh: true, orderBy: { id: 'asc' } });
}
