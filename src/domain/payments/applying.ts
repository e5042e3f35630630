import type { Tx } from '../kernel/define.ts';
import { assert } from '../kernel/errors.ts';
import { bump } from '../kernel/machine.ts';
import { accounts, mustPost } from '../ledger/index.ts';
import { payGroup, type OrderGroup } from '../orders/index.ts';
import { PaymentEntity, ProviderEventEntity, type Payment, type ProviderEvent } from './entities.ts';
import { tellPayer } from './events.ts';
import { isOpen, movePayment, type PaymentMove } from './moving.ts';
import { paymentProvidersPort, ProviderFact } from './provider.ts';
import { applyRefunds, isBeingRefunded, refundRest } from './refunding.ts';
import { lockPayment } from './rows.ts';

/**
 * Applies one stored event once: believes it only if provider, reference, amount, currency and mode fit the attempt,
 * recomputes what was captured from all believed events, and moves the attempt and its order. Returns why it was
 * refused, or null. Events may come in any order and any number of times.
 */
export async function applyEvent(tx: Tx, event: ProviderEvent): Promise<string | null> {
  if (event.outcome !== 'pending') return null;
  const fact = ProviderFact.parse(event.fact);
  const found = await lockPayment(tx, uuidOr(fact.attemptId, emptyId));
  const reason = found ? await whyRefused(tx, { event, fact, payment: found.payment }) : 'unknown_payment';
  if (!found || reason) {
    Object.assign(event, { outcome: 'refused', reason });
    return reason;
  }
  const { payment, group } = found;
  event.paymentId = payment.id;
  payment.providerRef ??= fact.providerRef;
  // Flushed, so that the sum over believed events sees this one.
  event.outcome = 'applied';
  await tx.db.flush();
  if (!(await applyFact(tx, { payment, group, fact }))) event.outcome = 'ignored';
  return null;
}

const emptyId = '00000000-0000-0000-0000-000000000000';

/** The attempt's id as a provider repeats it is outside text, and not always a UUID. */
function uuidOr(text: string, fallback: string): string {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text) ? text : fallback;
}

async function whyRefused(
  tx: Tx,
  { event, fact, payment }: { event: ProviderEvent; fact: ProviderFact; payment: Payment },
): Promise<string | null> {
  if (event.provider !== payment.provider) return 'other_provider';
  if (payment.providerRef !== null && payment.providerRef !== fact.providerRef) return 'ref_mismatch';
  const { provider, providerRef } = { provider: event.provider, providerRef: fact.providerRef };
  const owner = await tx.db.findOne(PaymentEntity, { provider, providerRef });
  if (owner && owner.id !== payment.id) return 'ref_mismatch';
  if (fact.livemode !== tx.port(paymentProvidersPort).get(provider)?.livemode) return 'livemode_mismatch';
  if (fact.currency !== payment.currency) return 'currency_mismatch';
  if (fact.amountMinor !== payment.amountMinor) return 'amount_mismatch';
  return (await capturedTotal(tx, payment, fact)) > payment.amountMinor ? 'amount_mismatch' : null;
}

/** The sum over distinct captures of all believed events, with one more fact. */
async function capturedTotal(tx: Tx, payment: Payment, fact: ProviderFact): Promise<number> {
  const events = await tx.db.find(ProviderEventEntity, {
    paymentId: payment.id,
    outcome: { $in: ['applied', 'ignored'] },
  });
  const captures = new Map<string, number>();
  for (const told of [...events.map((event) => ProviderFact.parse(event.fact)), fact]) {
    for (const { ref, amountMinor } of told.captures) captures.set(ref, amountMinor);
  }
  return [...captures.values()].reduce((total, amount) => total + amount, 0);
}

interface Told {
  readonly payment: Payment;
  readonly group: OrderGroup;
  readonly fact: ProviderFact;
}

const movesByStatus = {
  requires_action: 'requireAction',
  processing: 'process',
  authorized: 'authorize',
  failed: 'fail',
  cancelled: 'cancel',
} as const satisfies Record<Exclude<ProviderFact['status'], 'captured'>, PaymentMove>;

async function applyFact(tx: Tx, told: Told): Promise<boolean> {
  const { payment, fact } = told;
  const capturedMinor = await capturedTotal(tx, payment, fact);
  const grown = capturedMinor > payment.capturedMinor;
  if (grown) await bookCapture(tx, payment, capturedMinor);
  if (grown && capturedMinor === payment.amountMinor) {
    await takeMoney(tx, told);
    await applyRefunds(tx, payment, fact.refunds);
    return true;
  }
  if (grown) {
    bump(payment, await tx.now());
    tellPayer(tx, payment, 'partly_captured');
  }
  const moved = await moveByStatus(tx, payment, fact);
  if (capturedMinor < payment.amountMinor && !isOpen(payment)) await refundRest(tx, payment);
  return (await applyRefunds(tx, payment, fact.refunds)) || moved || grown;
}

/** Books what a provider has captured since we last heard. The total only grows, so it names the capture. */
async function bookCapture(tx: Tx, payment: Payment, capturedMinor: number): Promise<void> {
  const { id, provider, currency } = payment;
  const amountMinor = capturedMinor - payment.capturedMinor;
  payment.capturedMinor = capturedMinor;
  const postings = [
    { account: accounts.clearing(provider), amountMinor: -amountMinor },
    { account: accounts.payment(id), amountMinor },
  ];
  await mustPost(tx, { kind: 'payment.capture', reference: `${id}:${capturedMinor}`, currency, postings });
}

async function moveByStatus(tx: Tx, payment: Payment, fact: ProviderFact): Promise<boolean> {
  if (fact.status === 'captured') return false;
  if (!(await movePayment(tx, payment, { name: movesByStatus[fact.status], by: 'provider' })))
    return stopAsking(payment, fact);
  payment.failureReason = fact.failureReason;
  if (!['created', 'requires_action'].includes(payment.state)) payment.action = null;
  tellPayer(tx, payment);
  return true;
}

/** The provider confirms that an attempt which ended here has ended there: there is nothing left to ask. */
function stopAsking(payment: Payment, { status }: ProviderFact): false {
  if (!isOpen(payment) && (status === 'failed' || status === 'cancelled')) payment.pollAt = null;
  return false;
}

async function takeMoney(tx: Tx, { payment, group }: Told): Promise<void> {
  const inTime = group.state === 'awaiting_payment' && isOpen(payment);
  const moved = await movePayment(tx, payment, { name: inTime ? 'capture' : 'captureLate', by: 'provider' });
  assert(moved, `payment ${payment.id} takes money in ${payment.state}`);
  payment.action = null;
  payment.failureReason = null;
  tellPayer(tx, payment);
  const useless =
    (await isBeingRefunded(tx, payment)) || (await payGroup(tx, group, { attemptId: payment.id })) === 'surplus';
  if (useless) await refundRest(tx, payment);
}
