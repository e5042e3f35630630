import type { Tx } from '../kernel/define.ts';
import { applyMove, bump } from '../kernel/machine.ts';
import { accounts, mustPost } from '../ledger/index.ts';
import type { Payment, Refund } from './entities.ts';
import { tellPayer } from './events.ts';
import type { ProviderFact } from './facts.ts';
import { keepOrGiveOut } from './held-refunds.ts';
import { refundMachine } from './machine.ts';
import { isOpen } from './moving.ts';
import { isUnderWay, recordRefunds } from './refunding.ts';
import { lockRefundsOf } from './rows.ts';
import { paymentSettingsPort, pollDelaysMs } from './settings.ts';
import { sum } from './sums.ts';

type Told = ProviderFact['refunds'][number];

/** Brings an attempt's refunds to what its provider told of them. The attempt and its orders must be locked. */
export async function applyRefunds(tx: Tx, payment: Payment, told: readonly Told[]): Promise<boolean> {
  if (told.length === 0) return false;
  const refunds = await lockRefundsOf(tx, payment);
  const changed: Refund[] = [];
  for (const fact of told) {
    const refund = refunds.find(({ id }) => id === fact.refundId);
    if (!refund || refund.amountMinor !== fact.amountMinor) alarm(tx, payment, { fact, reason: 'unknown_refund' });
    else if (await settleRefund(tx, payment, { refund, fact })) changed.push(refund);
  }
  if (changed.length === 0) return false;
  const orderIds = new Set(changed.flatMap(({ orderId }) => orderId ?? []));
  for (const orderId of orderIds) await recordRefunds(tx, orderId);
  payment.refundedMinor = sum(
    refunds.filter(({ state }) => state === 'succeeded').map(({ amountMinor }) => amountMinor),
  );
  bump(payment, await tx.now());
  await watchRefunds(tx, payment, refunds);
  tellOutcome(tx, payment, changed);
  return true;
}

/** Refunds under way are asked about like charges, also where there is nothing else to ask about the attempt. */
async function watchRefunds(tx: Tx, payment: Payment, refunds: readonly Refund[]): Promise<void> {
  if (isOpen(payment)) return;
  const isSettled = payment.state === 'captured' || payment.state === 'captured_late';
  const waits = refunds.some(({ state }) => isUnderWay(state));
  if (isSettled) Object.assign(payment, { pollTries: 0, pollAt: null });
  if (waits) payment.pollAt ??= new Date((await tx.now()).getTime() + pollDelaysMs.pending[0]);
}

function tellOutcome(tx: Tx, payment: Payment, changed: readonly Refund[]): void {
  const failed = changed.filter(({ state }) => state === 'failed' || state === 'reversed');
  const succeeded = changed.filter(({ state }) => state === 'succeeded');
  const [kind, about] =
    failed.length > 0
      ? (['refund_failed', failed] as const)
      : succeeded.length > 0
        ? (['refunded', succeeded] as const)
        : ([payment.state, []] as const);
  const amountMinor = sum(about.map((refund) => refund.amountMinor));
  tellPayer(tx, payment, { kind, ...(amountMinor > 0 && { amountMinor }) });
}

const moves = { pending: ['pend'], succeeded: ['succeed'], failed: ['fail', 'reverse'] } as const;

/**
 * A refund that fails is credited to the payer's wallet, once, whether it had succeeded before or not; while a
 * chargeback is open it is held. When the provider says later that it went through all the same, the money has been
 * given twice: people have to see to it.
 */
async function settleRefund(
  tx: Tx,
  payment: Payment,
  { refund, fact }: { refund: Refund; fact: Told },
): Promise<boolean> {
  const { state: before } = refund;
  const at = await tx.now();
  const moved = moves[fact.status].some((name) => applyMove(refundMachine, refund, { name, by: 'provider', at }));
  if (!moved) {
    const twice = fact.status === 'succeeded' && (before === 'failed' || before === 'reversed');
    if (twice) alarm(tx, payment, { fact, reason: 'refund_succeeded_after_failure' });
    return false;
  }
  refund.providerRef = fact.ref;
  if (refund.state === 'succeeded') await payRefund(tx, payment, refund);
  if (refund.state === 'reversed') await reverseRefund(tx, payment, refund);
  if (refund.state === 'failed' || refund.state === 'reversed') await keepOrGiveOut(tx, payment, refund);
  return true;
}

async function payRefund(tx: Tx, { provider }: Payment, { id, orderId, amountMinor, currency }: Refund): Promise<void> {
  const postings = [
    { account: accounts.refund(id), amountMinor: -amountMinor },
    { account: accounts.clearing(provider), amountMinor },
  ];
  await mustPost(tx, { kind: 'refund.pay', reference: id, ...(orderId && { orderId }), currency, postings });
}

async function reverseRefund(
  tx: Tx,
  { provider }: Payment,
  { id, orderId, amountMinor, currency }: Refund,
): Promise<void> {
  const postings = [
    { account: accounts.clearing(provider), amountMinor: -amountMinor },
    { account: accounts.refund(id), amountMinor },
  ];
  await mustPost(tx, { kind: 'refund.reverse', reference: id, ...(orderId && { orderId }), currency, postings });
}

function alarm(tx: Tx, { provider }: Payment, { fact, reason }: { fact: Told; reason: string }): void {
  tx.port(paymentSettingsPort).alarm({ provider, eventId: fact.refundId, reason });
}
