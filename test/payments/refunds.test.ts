import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accounts } from '../../src/domain/ledger/index.ts';
import type { ProviderFact } from '../../src/domain/payments/facts.ts';
import { paymentProvidersPort, refundFromEscrow } from '../../src/domain/payments/index.ts';
import { sign } from '../../src/domain/payments/sandbox/signature.ts';
import type { Harness } from '../support/harness.ts';
import { transact } from '../support/transact.ts';
import {
  bankReports,
  createMarket,
  paid,
  pay,
  purchase,
  receive,
  refundAll,
  secret,
  travel,
  type Purchase,
  type Till,
} from './bank.ts';
import { held, imbalances, walletOf } from './money.ts';

let market: Harness;
let till: Till;
beforeAll(async () => {
  ({ market, till } = await createMarket());
});
afterAll(async () => {
  expect(await imbalances(market)).toEqual([]);
  await market.close();
});

type Paid = Purchase & { paymentId: string };

const refund = ({ orderId }: Purchase, amountMinor?: number) =>
  transact(market, (tx) => refundFromEscrow(tx, { orderId, ...(amountMinor !== undefined && { amountMinor }) }));
const orderOf = ({ buyer, orderId }: Purchase) => market.ok(buyer, 'orders.get', { orderId });
const paymentOf = ({ buyer, paymentId }: Paid) => market.ok(buyer, 'payments.get', { paymentId });

async function tellsOf(bought: Paid, change: Record<string, unknown>): Promise<void> {
  const charge = await till.bank.find(bought.paymentId);
  const body = JSON.stringify({ id: crypto.randomUUID(), charge: { ...charge, ...change } });
  const atMs = Date.now() + market.clock.offsetMs;
  expect(await receive(market, body, { 'soko-signature': sign(body, { secret, atMs }) })).toBe(true);
  await market.runJob('payments.process');
}

async function paidWith(behaviour: Till['behaviour']): Promise<Paid> {
  till.behaviour = behaviour;
  const bought = await paid(market, till);
  till.behaviour = 'succeed';
  return bought;
}

test('parts go back one by one, at once too, and never more than was paid', async () => {
  const bought = await paid(market, till);
  const answers = await Promise.all([1_000, 1_000, 1_000, 400].map((amount) => refund(bought, amount)));
  const sent = answers.reduce((total, answer) => total + (answer?.refundedMinor ?? 0), 0);
  expect(sent).toBeLessThanOrEqual(2_500);
  expect(await refund(bought, 2_501 - sent)).toBeNull();
  expect(await refund(bought)).toMatchObject({ refundedMinor: 2_500 - sent });
  expect(await refund(bought)).toBeNull();
  expect(await orderOf(bought)).toMatchObject({ refund: { state: 'pending' }, refundedMinor: 0 });
  await Promise.all([1, 2, 3].map(() => market.runJob('payments.refund')));
  await refundAll(market, till);
  expect(await orderOf(bought)).toMatchObject({ refund: { state: 'refunded', amountMinor: 2_500 } });
  expect(await paymentOf(bought)).toMatchObject({ capturedMinor: 2_500, refundedMinor: 2_500 });
  expect(await held(market, accounts.escrow(bought.orderId))).toBe(0);
});

test('a part of an order is refunded while the order goes on', async () => {
  const bought = await paid(market, till);
  await refund(bought, 1);
  await refundAll(market, till);
  expect(await orderOf(bought)).toMatchObject({
    state: 'placed',
    refund: { state: 'refunded', amountMinor: 1 },
    refundedMinor: 1,
  });
  expect(await held(market, accounts.escrow(bought.orderId))).toBe(2_499);
});

test('any parts of any amount add up, and what is left stays', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 1_200 }), { minLength: 1, maxLength: 4 }), async (amounts) => {
      const bought = await paid(market, till);
      let left = 2_500;
      for (const amount of amounts) {
        const answer = await refund(bought, amount);
        expect(answer?.refundedMinor ?? 0).toBe(amount <= left ? amount : 0);
        left -= answer?.refundedMinor ?? 0;
      }
      expect(await held(market, accounts.escrow(bought.orderId))).toBe(left);
    }),
    { numRuns: 6 },
  );
});

test('a refund that fails after it had succeeded is credited to the wallet, and told once', async () => {
  const bought = await paidWith('refund_reverses');
  await refund(bought);
  await refundAll(market, till);
  expect(await paymentOf(bought)).toMatchObject({ refundedMinor: 2_500 });
  expect(await walletOf(market, bought.buyer)).toEqual({ available: 0, reserved: 0 });
  await bankReports(market, till);
  await bankReports(market, till);
  expect(await paymentOf(bought)).toMatchObject({ refundedMinor: 0 });
  expect(await walletOf(market, bought.buyer)).toEqual({ available: 2_500, reserved: 0 });
  expect(await orderOf(bought)).toMatchObject({ refund: { state: 'refunded', amountMinor: 2_500 } });
  const kinds = (await market.inboxOf(bought.buyer))
    .filter(({ type }) => type === 'payment.changed')
    .map(({ data }) => data.change.kind);
  expect(kinds.filter((kind) => kind === 'refunded' || kind === 'refund_failed')).toEqual([
    'refunded',
    'refund_failed',
  ]);
});

test('success that is told after a failure pays nothing twice, and alarms', async () => {
  const bought = await paidWith('refund_fails');
  const refunded = await refund(bought, 700);
  await refundAll(market, till);
  expect(await walletOf(market, bought.buyer)).toEqual({ available: 700, reserved: 0 });
  till.refusals.length = 0;
  const [made] = (await till.bank.find(bought.paymentId))?.refunds ?? [];
  await tellsOf(bought, { refunds: [{ ...made, status: 'succeeded' }] });
  expect(till.refusals).toEqual([
    { provider: 'sandbox', eventId: refunded?.refundIds[0], reason: 'refund_succeeded_after_failure' },
  ]);
  expect(await walletOf(market, bought.buyer)).toEqual({ available: 700, reserved: 0 });
  expect(await paymentOf(bought)).toMatchObject({ refundedMinor: 0 });
});

test('a refund that is told before any success moves nothing, and the success counts all the same', async () => {
  const bought = await purchase(market);
  const paymentId = await pay(market, bought);
  till.refusals.length = 0;
  const made = { id: 're_early', refundId: crypto.randomUUID(), amountMinor: 2_500, status: 'succeeded' };
  await tellsOf({ ...bought, paymentId }, { status: 'processing', captures: [], refunds: [made] });
  expect(till.refusals.map(({ reason }) => reason)).toEqual(['unknown_refund']);
  await bankReports(market, till);
  expect(await paymentOf({ ...bought, paymentId })).toMatchObject({ state: 'captured', refundedMinor: 0 });
  expect(await orderOf(bought)).toMatchObject({ state: 'placed', refund: null });
});

test('refunds that we know nothing of, or of another amount, move nothing and alarm', async () => {
  const bought = await paid(market, till);
  await refund(bought, 500);
  await market.runJob('payments.refund');
  const [made] = (await till.bank.find(bought.paymentId))?.refunds ?? [];
  till.refusals.length = 0;
  await tellsOf(bought, { refunds: [{ ...made, status: 'succeeded', amountMinor: 501 }] });
  await tellsOf(bought, { refunds: [{ ...made, refundId: crypto.randomUUID(), status: 'succeeded' }] });
  expect(till.refusals.map(({ reason }) => reason)).toEqual(['unknown_refund', 'unknown_refund']);
  expect(await paymentOf(bought)).toMatchObject({ refundedMinor: 0 });
});

test('a refund whose answer is lost is asked for again under the same id, and made once', async () => {
  const bought = await paid(market, till);
  await refund(bought);
  till.connected = false;
  await market.call({ kind: 'system', cause: 'test' }, 'payments.claimRefunds');
  market.clock.offsetMs += 61_000;
  await Promise.all([1, 2].map(() => market.runJob('payments.refund')));
  till.connected = true;
  await bankReports(market, till);
  market.clock.offsetMs += 61_000;
  await bankReports(market, till);
  expect(await paymentOf(bought)).toMatchObject({ refundedMinor: 2_500 });
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from sandbox_refund r join sandbox_charge c on c.id = r.charge_id
    where c.attempt_id = ${bought.paymentId}`.execute(market.database.sql);
  expect(rows[0]?.n).toBe(1);
});

test('the refund of one order that cannot be made does not hold up the others', async () => {
  const [lost, good] = [await paid(market, till), await paid(market, till)];
  // An order of before there was a ledger: its money is in no account.
  const db = market.database.sql;
  await sql`delete from escrow_part where order_id = ${lost.orderId}`.execute(db);
  await sql`delete from escrow where order_id = ${lost.orderId}`.execute(db);
  for (const bought of [lost, good]) await market.ok(bought.seller, 'orders.reject', { orderId: bought.orderId });
  till.refusals.length = 0;
  await refundAll(market, till);
  expect((await orderOf(lost)).refund).toMatchObject({ state: 'failed' });
  expect((await orderOf(good)).refund).toMatchObject({ state: 'refunded' });
  expect(till.refusals).toContainEqual({ provider: 'none', eventId: lost.orderId, reason: 'refund_without_money' });
});

test('the buyer is told what of an order is on its way back, and not what the order cost', async () => {
  const bought = await paid(market, till);
  await refund(bought, 700);
  expect(await orderOf(bought)).toMatchObject({ refund: { state: 'pending', amountMinor: 700 }, refundedMinor: 0 });
  await refundAll(market, till);
  await refund(bought, 300);
  expect(await orderOf(bought)).toMatchObject({ refund: { state: 'pending', amountMinor: 300 }, refundedMinor: 700 });
  await refundAll(market, till);
  await market.runJob('notifications.tell');
  const { items } = await market.ok(bought.buyer, 'notifications.list');
  const first = items.find(({ template }: any) => template === 'order.refund_started');
  expect(`${first.title} ${first.body}`).toMatch(/[37]\.00/);
  expect(`${first.title} ${first.body}`).not.toContain('25.00');
});

/** What the bank says of an attempt while `run` runs, and to what it is asked. */
async function whileBankSays(fact: ProviderFact, run: () => Promise<void>): Promise<void> {
  const says = async () => fact;
  const changed = { ...till.provider, refund: says, fetch: says, cancel: says };
  market.ports.bind(paymentProvidersPort, new Map([['sandbox', changed]]));
  await run().finally(() => market.ports.bind(paymentProvidersPort, new Map([['sandbox', till.provider]])));
}

async function factOf({ paymentId: attemptId }: Paid, change: Partial<ProviderFact>): Promise<ProviderFact> {
  const fact = await till.provider.fetch({ attemptId, providerRef: null });
  return { ...fact!, ...change };
}

const told = (refundId: string, amountMinor: number, status: 'pending' | 'succeeded') => ({
  refunds: [{ ref: `re_${refundId}`, refundId, amountMinor, status }],
});

test('a refund without an outcome is asked about for as long as it has none', async () => {
  const bought = await paid(market, till);
  const refunded = await refund(bought, 700);
  const id = refunded!.refundIds[0]!;
  await whileBankSays(await factOf(bought, told(id, 700, 'pending')), async () => {
    await market.runJob('payments.refund');
    // As after some days of asking each hour.
    await sql`update payment set poll_tries = 120 where id = ${bought.paymentId}`.execute(market.database.sql);
    travel(market, 3_600_001);
    await market.runJob('payments.poll');
  });
  await whileBankSays(await factOf(bought, told(id, 700, 'succeeded')), async () => {
    travel(market, 25 * 3_600_000);
    await market.runJob('payments.poll');
  });
  expect(await paymentOf(bought)).toMatchObject({ refundedMinor: 700 });
});

test('the refund of a part is asked about although its attempt has failed', async () => {
  const bought = await purchase(market);
  const failed = { ...bought, paymentId: await pay(market, bought) };
  await tellsOf(failed, { status: 'failed', captures: [{ id: 'cap_part', amountMinor: 900 }] });
  const { rows } = await sql<{ id: string }>`
    select id from refund where payment_id = ${failed.paymentId}`.execute(market.database.sql);
  const partial = { status: 'failed', captures: [{ ref: 'cap_part', amountMinor: 900 }] } as const;
  const says = (status: 'pending' | 'succeeded') =>
    factOf(failed, { status: partial.status, captures: [...partial.captures], ...told(rows[0]!.id, 900, status) });
  await whileBankSays(await says('pending'), () => market.runJob('payments.refund'));
  await whileBankSays(await says('succeeded'), async () => {
    travel(market, 300_001);
    await market.runJob('payments.poll');
  });
  expect(await paymentOf(failed)).toMatchObject({ state: 'failed', refundedMinor: 900 });
});
