import { LockMode } from '@mikro-orm/core';
import type { Tx } from '../kernel/define.ts';
import { assert } from '../kernel/errors.ts';
import { lockOrderGroup, type OrderGroup } from '../orders/index.ts';
import { PaymentEntity, RefundEntity, type Payment, type Refund } from './entities.ts';

// The order group is locked before anything of its payments, so that one transaction at a time works on a group.
const lock = { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true } as const;

export async function lockPayment(tx: Tx, id: string): Promise<{ group: OrderGroup; payment: Payment } | null> {
  await tx.db.flush();
  const seen = await tx.db.findOne(PaymentEntity, { id: id });
  if (!seen) return null;
  const group = await lockOrderGroup(tx, seen.orderGroupId);
  assert(group, `group ${seen.orderGroupId} of a payment exists`);
  return { group, payment: await tx.db.findOneOrFail(PaymentEntity, { id: seen.id }, lock) };
}

/** A group's attempts, oldest first. The group must be locked. */
export async function lockPaymentsOf(tx: Tx, group: Pick<OrderGroup, 'id'>): Promise<Payment[]> {
  await tx.db.flush();
  return tx.db.find(PaymentEntity, { orderGroupId: group.id }, { ...lock, orderBy: { id: 'asc' } });
}

/** An attempt's refunds. The attempt must be locked. */
export async function lockRefundsOf(tx: Tx, payment: Pick<Payment, 'id'>): Promise<Refund[]> {
  await tx.db.flush();
  return tx.db.find(RefundEntity, { paymentId: payment.id }, { ...lock, orderBy: { id: 'asc' } });
}
