import type { Tx } from '../kernel/define.ts';
import { applyMove } from '../kernel/machine.ts';
import { holdWholeGroup, lockOrdersOf, payGroup, type OrderGroup } from '../orders/index.ts';
import type { Payment } from './entities.ts';
import { paymentMachine } from './machine.ts';

interface Start {
  readonly payment: Payment;
  readonly group: OrderGroup;
}

/** Pays a group from the buyer's wallet, with what is held of it already. The caller fails on anything but `done`. */
export async function spendWallet(tx: Tx, { payment, group }: Start): Promise<'done' | 'insufficient' | 'not_payable'> {
  if (!(await holdWholeGroup(tx, group))) return 'insufficient';
  if ((await payGroup(tx, group, null)) !== 'placed') return 'not_payable';
  payment.capturedMinor = payment.amountMinor;
  applyMove(paymentMachine, payment, { name: 'capture', by: 'system', at: await tx.now() });
  return 'done';
}

/** Places a group whose money is collected at its delivery. */
export async function promiseCash(tx: Tx, { payment, group }: Start): Promise<'done' | 'not_payable'> {
  if ((await payGroup(tx, group, 'cash')) !== 'placed') return 'not_payable';
  applyMove(paymentMachine, payment, { name: 'oweCash', by: 'system', at: await tx.now() });
  return 'done';
}

/** Whether somebody of ours hands over all of a group, and so can take the cash. */
export async function isDelivered(tx: Tx, group: OrderGroup): Promise<boolean> {
  const orders = await lockOrdersOf(tx, group);
  return orders.every(({ order }) => order.deliveryMethod !== 'pickup');
}
