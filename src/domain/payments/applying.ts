import type { Tx } from '../kernel/define.ts';
import { assert } from '../kernel/errors.ts';
import { bump } from '../kernel/machine.ts';
import { payGroup, type OrderGroup } from '../orders/index.ts';
import { attemptIdOf } from './attempts.ts';
import { bookCaptures, capturesOf, totalOf, type Captures } from './captures.ts';
import { PaymentEntity, type Payment, type ProviderEvent } from './entities.ts';
import { tellPayer } from './events.ts';
import { ProviderFact } from './facts.ts';
import { isOpen, movePayment, type PaymentMove } from './moving.ts';
import { paymentProvidersPort } from './provider.ts';
import { applyRefunds } from './refund-outcomes.ts';
import { isBeingRefunded, refundRest } from './refunding.ts';
import { lockPayment } from './rows.ts';
import { creditTopUp } from './topping-up.ts';

/**
 * Applies one stored event once: believes it only if provider, account, reference, amount, currency and mode fit the
 * attempt, recomputes what was captured from all believed events, and moves the attempt and its order. Returns why it
 * was refused, or null. Events may come in any order and any number of times.
 */
export async function applyEvent(tx: Tx, event: ProviderEvent): Promise<string | null> {
  if (event.outcome !== 'pending') return null;
  const fact = ProviderFact.parse(event.fact);
  const found = await lockPayment(tx, attemptIdOf(fact.attemptId));
  const captures = found && (await capturesOf(tx, found.payment, fact));
  const reason = found
    ? await whyRefused(tx, { event, fact, payment: found.payment, captures })
    : ('unknown_payment' as const);
  if (!found || !captures || reason) {
    Object.assign(event, { outcome: 'refused', reason });
    return reason;
  }
  const { payment, group } = found;
  event.paymentId = payment.id;
  payment.providerRef ??= fact.providerRef;
  event.outcome = (await applyFact(tx, { payment, group, fact, captures })) ? 'applied' : 'ignored';
  return null;
}

interface Doubt {
  readonly event: ProviderEvent;
  readonly fact: ProviderFact;
  readonly payment: Payment;
  /** Null when the fact says other amounts of known captures. */
  readonly captures: Captures | null;
}

async function whyRefused(tx: Tx, { event, fact, payment, captures }: Doubt): Promise<string | null> {
  if (event.provider !== payment.provider) return 'other_provider';
  if (payment.providerRef !== null && payment.providerRef !== fact.providerRef) return 'ref_mismatch';
  const { provider, providerRef } = { provider: event.provider, providerRef: fact.providerRef };
  const owner = await tx.db.findOne(PaymentEntity, { provider, providerRef });
  if (owner && owner.id !== payment.id) return 'ref_mismatch';
  const bound = tx.port(paymentProvidersPort).get(provider);
  if (fact.livemode !== bound?.livemode) return 'livemode_mismatch';
  if (fact.account !== bound.account) return 'account_mismatch';
  if (fact.currency !== payment.currency) return 'currency_mismatch';
  if (fact.amountMinor !== payment.amountMinor) return 'amount_mismatch';
  return captures && totalOf(captures) <= payment.amountMinor ? null : 'amount_mismatch';
}

interface Told {
  readonly payment: Payment;
  readonly group: OrderGroup | null;
  readonly fact: ProviderFact;
  readonly captures: Captures;
}

const movesByStatus = {
  requires_action: 'requireAction',
  processing: 'process',
  authorized: 'authorize',
  failed: 'fail',
  cancelled: 'cancel',
} as const satisfies Record<Exclude<ProviderFact['status'], 'captured'>, PaymentMove>;

async function applyFact(tx: Tx, told: Told): Promise<boolean> {
  const { payment, fact, captures } = told;
  const capturedMinor = totalOf(captures);
  const grown = capturedMinor > payment.capturedMinor;
  if (grown) {
    await bookCaptures(tx, payment, captures);
    payment.capturedMinor = capturedMinor;
  }
  if (grown && capturedMinor === payment.amountMinor) {
    await takeMoney(tx, told);
    await applyRefunds(tx, payment, fact.refunds);
    return true;
  }
  if (grown) {
    bump(payment, await tx.now());
    tellPayer(tx, payment, { kind: 'partly_captured' });
  }
  const moved = await moveByStatus(tx, payment, fact);
  if (capturedMinor < payment.amountMinor && !isOpen(payment)) await refundRest(tx, payment);
  return (await applyRefunds(tx, payment, fact.refunds)) || moved || grown;
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
  const waits = group === null || group.state === 'awaiting_payment';
  const inTime = waits && isOpen(payment);
  const moved = await movePayment(tx, payment, { name: inTime ? 'capture' : 'captureLate', by: 'provider' });
  assert(moved, `payment ${payment.id} takes money in ${payment.state}`);
  payment.action = null;
  payment.failureReason = null;
  tellPayer(tx, payment);
  if (await isBeingRefunded(tx, payment)) await refundRest(tx, payment);
  else if (group === null) await creditTopUp(tx, payment);
  else if ((await payGroup(tx, group, { attemptId: payment.id })) === 'surplus') await refundRest(tx, payment);
}
