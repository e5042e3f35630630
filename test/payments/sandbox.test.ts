import { afterAll, beforeAll, expect, test } from 'vitest';
import { claimFacts, findAttempt, lockFact, settleFact } from '../../src/domain/payments/index.ts';
import { behaviourByAmount, chargeScripts, payoutByAmount } from '../../src/domain/payments/sandbox/behaviours.ts';
import type { Harness } from '../support/harness.ts';
import { transact } from '../support/transact.ts';
import { bankReports, createMarket, paid, pay, purchase, travel, confirmAfterMs, type Till } from './bank.ts';

let market: Harness;
let till: Till;
beforeAll(async () => {
  ({ market, till } = await createMarket());
});
afterAll(() => market.close());

const stateOf = async (who: { buyer: Parameters<Harness['ok']>[0] }, paymentId: string) =>
  market.ok(who.buyer, 'payments.get', { paymentId });

/** What the areas above hear of a subject, each message settled once. */
async function heard<S extends 'payout' | 'chargeback'>(subject: S) {
  const claimed = await transact(market, (tx) => claimFacts(tx, subject, 100));
  for (const { eventId } of claimed) await transact(market, (tx) => settleFact(tx, eventId, { outcome: 'applied' }));
  return claimed.map(({ fact }) => fact);
}

async function reportsOf<S extends 'payout' | 'chargeback'>(subject: S, times: number) {
  const facts = [];
  for (let time = 0; time < times; time += 1) {
    travel(market, confirmAfterMs + 1);
    await till.bank.deliverDue();
    facts.push(...(await heard(subject)));
  }
  return facts;
}

test('each amount that misbehaves calls for a behaviour that there is', () => {
  expect(Object.values(behaviourByAmount).every((name) => name in chargeScripts)).toBe(true);
  expect(new Set(Object.values(behaviourByAmount)).size).toBe(Object.keys(chargeScripts).length - 1);
  expect(Object.values(payoutByAmount)).toEqual(['payout_fails', 'payout_fails_later']);
});

test('a charge that needs an action tells it to the payer’s client, and goes on after it', async () => {
  till.behaviour = 'requires_action';
  const bought = await purchase(market);
  const paymentId = await pay(market, bought);
  till.behaviour = 'succeed';
  expect(await stateOf(bought, paymentId)).toMatchObject({
    state: 'requires_action',
    action: { redirectUrl: 'https://sandbox.test/pay' },
  });
  await bankReports(market, till);
  expect(await stateOf(bought, paymentId)).toMatchObject({ state: 'processing', action: null });
  await bankReports(market, till);
  expect(await stateOf(bought, paymentId)).toMatchObject({ state: 'captured' });
});

test('parts that the bank captures one by one count with the last, in a currency without decimals too', async () => {
  till.behaviour = 'partial_captures';
  const user = await market.user();
  const input = { amountMinor: 701, currency: 'JPY', method: 'sandbox' };
  const { payment } = await market.ok(user, 'wallet.topUp', input);
  await market.runJob('payments.submit');
  till.behaviour = 'succeed';
  await bankReports(market, till);
  expect(await stateOf({ buyer: user }, payment.id)).toMatchObject({ state: 'authorized', capturedMinor: 350 });
  await bankReports(market, till);
  expect(await stateOf({ buyer: user }, payment.id)).toMatchObject({ state: 'captured', capturedMinor: 701 });
});

test('what is only authorized is captured when somebody asks for it, and never more than that', async () => {
  const bought = await purchase(market);
  const { payment } = await market.ok(bought.buyer, 'payments.start', {
    orderGroupId: bought.groupId,
    method: 'sandbox',
  });
  await till.bank.behave(payment.id, 'authorize_only');
  till.behaviour = 'decline';
  await market.runJob('payments.submit');
  till.behaviour = 'succeed';
  await bankReports(market, till);
  expect(await stateOf(bought, payment.id)).toMatchObject({ state: 'authorized' });
  const admin = await market.user({ roles: ['admin'] });
  const capture = (amountMinor?: number) =>
    market.call(admin, 'payments.capture', { paymentId: payment.id, ...(amountMinor && { amountMinor }) });
  const tooMuch = { ok: false, error: { code: 'payments.not_possible' } };
  expect(await capture(2_501)).toMatchObject(tooMuch);
  await Promise.all([1, 2, 3].map(() => capture(2_000)));
  expect(await stateOf(bought, payment.id)).toMatchObject({ state: 'authorized', capturedMinor: 2_000 });
  expect(await capture(501)).toMatchObject(tooMuch);
  await bankReports(market, till);
  expect(await capture()).toMatchObject({ ok: true, data: { state: 'captured', capturedMinor: 2_500 } });
  await bankReports(market, till);
  expect(await capture()).toMatchObject(tooMuch);
  expect(await market.ok(bought.seller, 'orders.get', { orderId: bought.orderId })).toMatchObject({ state: 'placed' });
});

test('the bank never gives back more than it captured', async () => {
  const bought = await paid(market, till);
  const chargeId = (await till.bank.find(bought.paymentId))!.id;
  await till.bank.refund({ refundId: crypto.randomUUID(), chargeId, amountMinor: 2_000 });
  await expect(till.bank.refund({ refundId: crypto.randomUUID(), chargeId, amountMinor: 501 })).rejects.toThrow(
    'has not captured that much',
  );
});

test('a chargeback warns, withdraws, and is won or lost; each step is told once', async () => {
  for (const outcome of ['won', 'lost'] as const) {
    const bought = await paid(market, till);
    await till.bank.behave(bought.paymentId, `chargeback_${outcome}`);
    const facts = await reportsOf('chargeback', 8);
    expect(facts.map(({ status, fundsWithdrawn }) => [status, fundsWithdrawn])).toEqual([
      ['warning_needs_response', false],
      ['needs_response', true],
      [outcome, outcome === 'lost'],
    ]);
    const [{ attemptId, chargeRef, amountMinor }] = facts as [(typeof facts)[number]];
    expect([attemptId, amountMinor]).toEqual([bought.paymentId, 2_500]);
    const found = await findAttempt(
      { db: market.database.fork() },
      { provider: 'sandbox', attemptId: null, providerRef: chargeRef },
    );
    expect(found?.id).toBe(bought.paymentId);
  }
});

test('evidence is under review until the bank decides', async () => {
  const bought = await paid(market, till);
  await till.bank.behave(bought.paymentId, 'chargeback_won');
  const [, asked] = await reportsOf('chargeback', 2);
  const answered = await till.provider.submitEvidence!({ chargebackRef: asked!.providerRef, text: 'Signed', urls: [] });
  expect(answered).toMatchObject({ status: 'under_review', fundsWithdrawn: true });
  const told = await reportsOf('chargeback', 6);
  expect(told.map(({ status }) => status)).toEqual(['under_review', 'won']);
});

test('payouts are paid, fail, or fail after they were paid', async () => {
  const statuses = [];
  for (const behaviour of ['paid', 'payout_fails', 'payout_fails_later'] as const) {
    till.payoutBehaviour = behaviour;
    const payout = { payoutId: crypto.randomUUID(), amountMinor: 900, currency: 'USD', destination: 'acct_1' };
    const [first, second] = await Promise.all([till.provider.payout!(payout), till.provider.payout!(payout)]);
    expect(first).toEqual(second);
    statuses.push((await reportsOf('payout', 3)).map(({ status }) => status));
    expect(await till.provider.fetchPayout!({ payoutId: payout.payoutId, providerRef: null })).toMatchObject({
      status: behaviour === 'paid' ? 'paid' : 'failed',
    });
  }
  till.payoutBehaviour = 'paid';
  expect(statuses).toEqual([['paid'], ['failed'], ['paid', 'failed']]);
});

test('a message of another subject is left to its own area, and comes back until it is settled', async () => {
  const payout = { payoutId: crypto.randomUUID(), amountMinor: 900, currency: 'USD', destination: 'acct_1' };
  await till.provider.payout!(payout);
  travel(market, confirmAfterMs + 1);
  await till.bank.deliverDue();
  await market.runJob('payments.process');
  const claim = () => transact(market, (tx) => claimFacts(tx, 'payout', 10));
  const [claimed] = await claim();
  expect(await claim()).toEqual([]);
  travel(market, 61_000);
  expect(await claim()).toHaveLength(1);
  expect(await transact(market, (tx) => lockFact(tx, 'chargeback', claimed!.eventId))).toBeNull();
  const settle = () =>
    transact(market, async (tx) => {
      const fact = await lockFact(tx, 'payout', claimed!.eventId);
      if (fact) await settleFact(tx, fact.eventId, { outcome: 'refused', reason: 'unknown_payout' });
      return fact !== null;
    });
  expect((await Promise.all([settle(), settle(), settle()])).filter(Boolean)).toHaveLength(1);
  travel(market, 3_600_000);
  expect(await claim()).toEqual([]);
});
