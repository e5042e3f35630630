import { fundEscrow, lockEscrow } from '../escrow/index.ts';
import type { Tx } from '../kernel/define.ts';
import { accounts, balanceOf, mustPost } from '../ledger/index.ts';
import { lockOrdersOf, type OrderGroup, type OrderWithLines } from '../orders/index.ts';
import { bookCaptures, capturesOf, totalOf } from './captures.ts';
import type { Payment, Refund } from './entities.ts';
import { lockRefundsOf } from './rows.ts';
import { paymentSettingsPort } from './settings.ts';

// What was paid before there was a ledger is booked as if there had been one: the captures, what went back of them, and
// the escrows of orders that are not over. From then on such an order is like any other.

/** States of orders that were over before. Whoever was paid then was paid beside the books: people have to know. */
const overStates: ReadonlySet<string> = new Set(['completed', 'rejected', 'cancelled', 'payment_expired']);

/** Books an attempt of before the ledger, once. The attempt, its group and orders must be locked. */
export async function bookPast(tx: Tx, { payment, group }: { payment: Payment; group: OrderGroup }): Promise<void> {
  if (!payment.unbooked) return;
  payment.unbooked = false;
  const told = (await capturesOf(tx, payment, null)) ?? new Map<string, number>();
  if (totalOf(told) !== payment.capturedMinor) {
    const { id, provider } = payment;
    tx.port(paymentSettingsPort).alarm({ provider, eventId: id, reason: 'captures_do_not_add_up' });
    return;
  }
  await bookCaptures(tx, payment, told);
  for (const refund of await lockRefundsOf(tx, payment)) await bookRefund(tx, payment, refund);
  if (group.state !== 'placed') return;
  const orders = await lockOrdersOf(tx, group);
  const open: OrderWithLines[] = [];
  for (const found of orders) {
    const { id, state, refundState } = found.order;
    if (overStates.has(state) || refundState !== null || (await lockEscrow(tx, id))) continue;
    open.push(found);
  }
  await fundOpen(tx, payment, open);
}

async function fundOpen(tx: Tx, payment: Payment, open: readonly OrderWithLines[]): Promise<void> {
  const neededMinor = open.reduce((total, { order }) => total + order.totalMinor, 0);
  const leftMinor = await balanceOf(tx.sql, accounts.payment(payment.id), payment.currency);
  // Of a group that was paid twice the other attempt has gone back.
  if (leftMinor < neededMinor) return;
  for (const { order } of open) {
    const { id: orderId, buyerId, sellerId, currency, deliveryMinor, totalMinor } = order;
    const paid = { attemptId: payment.id, amountMinor: totalMinor };
    await fundEscrow(tx, { orderId, buyerId, sellerId, currency, deliveryMinor }, { payment: paid });
  }
}

async function bookRefund(tx: Tx, payment: Payment, refund: Refund): Promise<void> {
  const { id, orderId, amountMinor, currency, state } = refund;
  if (state === 'failed') {
    // Whether the buyer has had it in another way, nobody wrote down.
    tx.port(paymentSettingsPort).alarm({
      provider: payment.provider,
      eventId: id,
      reason: 'refund_failed_in_the_past',
    });
    return;
  }
  const about = { reference: id, ...(orderId && { orderId }), currency };
  const reserved = [
    { account: accounts.payment(payment.id), amountMinor: -amountMinor },
    { account: accounts.refund(id), amountMinor },
  ];
  await mustPost(tx, { kind: 'refund.reserve', ...about, postings: reserved });
  if (state !== 'succeeded') return;
  const paid = [
    { account: accounts.refund(id), amountMinor: -amountMinor },
    { account: accounts.clearing(payment.provider), amountMinor },
  ];
  await mustPost(tx, { kind: 'refund.pay', ...about, postings: paid });
}
