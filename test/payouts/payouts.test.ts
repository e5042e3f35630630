import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { escrowSettingsPort } from '../../src/domain/escrow/index.ts';
import { accounts, balanceOf } from '../../src/domain/ledger/index.ts';
import { storeAnswer, type PayoutFact } from '../../src/domain/payments/index.ts';
import { checkBooks } from '../../src/domain/payouts/index.ts';
import { walletOf } from '../ledger/purse.ts';
import { travel, type Till } from '../payments/bank.ts';
import { createHarness, system, type Harness, type TestUser } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';
import { transact } from '../support/transact.ts';
import { openDesk, pollLater, sold, type PayoutDesk } from './sold.ts';

let market: Harness;
let till: Till;
let desk: PayoutDesk;
let admin: TestUser;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
  ({ till, desk } = openDesk(market));
  admin = await market.user({ roles: ['admin'] });
});
beforeEach(() => {
  desk.mode = 'paid';
});
afterAll(async () => {
  const wrong = (await checkBooks(market.database.sql)).filter((result) => result.wrong > 0);
  await market.close();
  expect(wrong).toEqual([]);
});

/** A lamp of 25.00 with a fee of 5 % leaves the seller 23.75. */
const earnedMinor = 2_375;
const payable = ({ actor: { userId } }: TestUser) => balanceOf(market.database.sql, accounts.payout(userId), 'USD');
const wallet = async (user: TestUser) => (await walletOf(market, user)).availableMinor;
const payoutsOf = async (user: TestUser) => (await market.ok(user, 'payouts.list')).items;
const schedule = (sellerId: string) => market.ok(admin, 'payouts.schedule', { currency: 'USD', sellerId });

async function onboarded(): Promise<TestUser> {
  const seller = await market.user();
  await market.ok(seller, 'payouts.onboard', {});
  return seller;
}

/** A seller with a destination and one released order whose payout waits for a batch. */
async function waiting(): Promise<{ seller: TestUser; orderId: string; payoutId: string }> {
  const seller = await onboarded();
  const { orderId } = await sold(market, till, { seller });
  await market.runJob('payouts.make');
  const [payout] = await payoutsOf(seller);
  return { seller, orderId, payoutId: payout.id };
}

/** The same, handed to the bank, which behaves as told. */
async function sent(mode: PayoutDesk['mode']) {
  const found = await waiting();
  desk.mode = mode;
  await schedule(found.seller.id);
  await market.runJob('payouts.submit');
  return found;
}

test('a seller without a destination is paid into the wallet at once, and told', async () => {
  const { seller, orderId } = await sold(market, till);
  await market.runJob('payouts.make');
  expect(await payoutsOf(seller)).toMatchObject([
    { kind: 'release', orderId, state: 'paid', method: 'wallet', amountMinor: earnedMinor },
  ]);
  expect([await wallet(seller), await payable(seller)]).toEqual([earnedMinor, 0]);
  await market.runJob('notifications.tell');
  const { items } = await market.ok(seller, 'notifications.list');
  expect(items.map(({ template }: { template: string }) => template)).toContain('payout.credited');
});

test('one release makes one payout, however often and however many at once', async () => {
  const { seller } = await sold(market, till);
  await Promise.all(Array.from({ length: 8 }, () => market.ok(system, 'payouts.make')));
  await market.runJob('payouts.make');
  expect(await payoutsOf(seller)).toHaveLength(1);
  expect(await wallet(seller)).toBe(earnedMinor);
});

test('a seller with a destination waits for a batch, which goes to the bank once', async () => {
  const { seller, payoutId } = await waiting();
  expect(await payoutsOf(seller)).toMatchObject([{ state: 'pending', method: 'bank' }]);
  expect(await payable(seller)).toBe(earnedMinor);
  const batches = await Promise.all(Array.from({ length: 5 }, () => schedule(seller.id)));
  expect(batches.filter(({ batchId }) => batchId)).toMatchObject([
    { payouts: 1, amountMinor: earnedMinor, more: false },
  ]);
  await Promise.all([market.runJob('payouts.submit'), market.runJob('payouts.submit')]);
  expect(await market.ok(seller, 'payouts.get', { payoutId })).toMatchObject({ state: 'paid' });
  expect([await wallet(seller), await payable(seller)]).toEqual([0, 0]);
});

test('a batch leaves sellers with less than the minimum waiting, or with less than an operator says', async () => {
  const { seller } = await waiting();
  await sql`update payout set amount_minor = 99 where user_id = ${seller.id}`.execute(market.database.sql);
  await market.runJob('payouts.batch');
  expect(await payoutsOf(seller)).toMatchObject([{ state: 'pending' }]);
  await sql`update payout set amount_minor = ${earnedMinor} where user_id = ${seller.id}`.execute(market.database.sql);
  const ask = { currency: 'USD', sellerId: seller.id, minAmountMinor: earnedMinor + 1 };
  expect(await market.ok(admin, 'payouts.schedule', ask)).toMatchObject({ batchId: null, payouts: 0 });
  await market.runJob('payouts.batch');
  expect(await payoutsOf(seller)).toMatchObject([{ state: 'processing' }]);
  await market.runJob('payouts.submit');
});

test('no answer leaves a payout processing; the bank is asked, and what it did counts once', async () => {
  const { seller, payoutId } = await sent('silent');
  expect(await market.ok(seller, 'payouts.get', { payoutId })).toMatchObject({ state: 'processing' });
  await market.runJob('payouts.submit');
  desk.mode = 'paid';
  await pollLater(market);
  expect(await market.ok(seller, 'payouts.get', { payoutId })).toMatchObject({ state: 'paid' });
  expect(await payable(seller)).toBe(0);
});

test('what the bank has never heard of is handed to it again, as the same payout', async () => {
  const { seller, payoutId } = await sent('deaf');
  desk.mode = 'paid';
  await pollLater(market);
  expect(await market.ok(seller, 'payouts.get', { payoutId })).toMatchObject({ state: 'processing' });
  await market.runJob('payouts.submit');
  expect(await market.ok(seller, 'payouts.get', { payoutId })).toMatchObject({ state: 'paid' });
  expect(desk.sent.get(payoutId)).toMatchObject({ amountMinor: earnedMinor });
});

test('a payout that fails goes to the wallet, and the seller is told why', async () => {
  const { seller, payoutId } = await sent('failed');
  expect(await market.ok(seller, 'payouts.get', { payoutId })).toMatchObject({
    state: 'failed',
    failureReason: 'The account is closed.',
  });
  expect([await wallet(seller), await payable(seller)]).toEqual([earnedMinor, 0]);
});

test('a payout that was paid and fails later goes to the wallet, once', async () => {
  const { seller, payoutId } = await sent('paid');
  expect(await wallet(seller)).toBe(0);
  desk.tell(payoutId, 'failed');
  travel(market, 25 * 3_600_000);
  await Promise.all([market.runJob('payouts.poll'), market.runJob('payouts.poll')]);
  travel(market, 25 * 3_600_000);
  await market.runJob('payouts.poll');
  expect(await market.ok(seller, 'payouts.get', { payoutId })).toMatchObject({ state: 'failed' });
  expect([await wallet(seller), await payable(seller)]).toEqual([earnedMinor, 0]);
});

/** A message of the bank that arrives by itself. */
async function message(fact: PayoutFact, provider = 'sandbox'): Promise<string> {
  const about = { provider, id: crypto.randomUUID(), subject: 'payout' } as const;
  const eventId = await transact(market, (tx) => storeAnswer(tx, about, fact));
  return eventId!;
}

test('a message three times at once is applied once', async () => {
  const { seller, payoutId } = await sent('pending');
  const fact = { ...desk.sent.get(payoutId)!, status: 'paid' } as const;
  await Promise.all([message(fact), message(fact), message(fact)]);
  await Promise.all([market.runJob('payouts.apply'), market.runJob('payouts.apply')]);
  expect(await market.ok(seller, 'payouts.get', { payoutId })).toMatchObject({ state: 'paid' });
  expect(await payable(seller)).toBe(0);
});

test('a message with another amount, currency, mode, reference or bank is refused, and moves nothing', async () => {
  const { seller, payoutId } = await sent('pending');
  const fact = { ...desk.sent.get(payoutId)!, status: 'paid' } as const;
  const other = await sent('pending');
  const wrong: [PayoutFact, string, string?][] = [
    [{ ...fact, amountMinor: 1 }, 'amount_mismatch'],
    [{ ...fact, currency: 'EUR' }, 'currency_mismatch'],
    [{ ...fact, livemode: true }, 'livemode_mismatch'],
    [{ ...fact, providerRef: 'po_other' }, 'ref_mismatch'],
    [{ ...fact, payoutId: other.payoutId }, 'ref_mismatch'],
    [{ ...fact, payoutId: crypto.randomUUID() }, 'unknown_payout'],
    [{ ...fact, payoutId: 'nothing' }, 'unknown_payout'],
    [fact, 'other_provider', 'stripe'],
  ];
  for (const [told, reason, provider] of wrong) {
    const eventId = await message(told, provider);
    expect(await market.ok(system, 'payouts.applyFact', { eventId })).toMatchObject({ refused: { reason } });
  }
  expect(await market.ok(seller, 'payouts.get', { payoutId })).toMatchObject({ state: 'processing' });
  expect(await payable(seller)).toBe(earnedMinor);
});

test('an operator stops a payout that was not sent yet, once; the money is in the wallet', async () => {
  const { seller, payoutId } = await waiting();
  const input = { payoutId, reason: 'The seller asked for it.' };
  const replies = await Promise.all([0, 1, 2].map(() => market.call(admin, 'payouts.cancel', input)));
  expect(replies.filter(({ ok }) => ok)).toHaveLength(1);
  expect([await wallet(seller), await payable(seller)]).toEqual([earnedMinor, 0]);
  expect(await schedule(seller.id)).toMatchObject({ payouts: 0 });
});

test('a payout is stopped or sent, never both', async () => {
  for (let round = 0; round < 4; round += 1) {
    const { seller, payoutId } = await waiting();
    await Promise.all([market.call(admin, 'payouts.cancel', { payoutId, reason: 'x' }), schedule(seller.id)]);
    await market.runJob('payouts.submit');
    const { state } = await market.ok(seller, 'payouts.get', { payoutId });
    expect([state, await wallet(seller)]).toEqual(state === 'cancelled' ? [state, earnedMinor] : ['paid', 0]);
    expect(await payable(seller)).toBe(0);
  }
});

test('a reserve is kept until its time, and then is a payout of its own', async () => {
  const settings = market.ports.get(escrowSettingsPort);
  market.ports.bind(escrowSettingsPort, { ...settings, reserveBps: 1_000 });
  const { seller, orderId } = await sold(market, till);
  market.ports.bind(escrowSettingsPort, settings);
  await market.runJob('payouts.make');
  expect(await wallet(seller)).toBe(2_137);
  travel(market, settings.reserveMs + 1_000);
  await Promise.all([market.ok(system, 'payouts.make'), market.ok(system, 'payouts.make')]);
  expect(await payoutsOf(seller)).toMatchObject([
    { kind: 'reserve', orderId, state: 'paid', amountMinor: 238 },
    { kind: 'release', orderId, state: 'paid', amountMinor: 2_137 },
  ]);
  expect(await wallet(seller)).toBe(earnedMinor);
});

test('the link to the provider leads to one account of the person, however often asked for', async () => {
  const seller = await market.user();
  expect(await market.ok(seller, 'payouts.destination')).toEqual({ destination: null });
  await Promise.all([0, 1, 2].map(() => market.ok(seller, 'payouts.onboard', {})));
  const { destination, url } = await market.ok(seller, 'payouts.onboard', { returnUrl: 'https://shop.example/done' });
  expect(url).toBe('https://shop.example/done');
  expect(destination).toMatchObject({ provider: 'sandbox', account: `sandbox_${seller.id}`, ready: true });
});

test('a payout that is said to be paid after it had failed moves nothing, and people hear of it', async () => {
  const { seller, payoutId } = await sent('pending');
  const fact = desk.sent.get(payoutId)!;
  await message({ ...fact, status: 'failed' });
  await market.runJob('payouts.apply');
  till.refusals.length = 0;
  await message({ ...fact, status: 'paid' });
  await market.runJob('payouts.apply');
  expect(till.refusals).toMatchObject([{ provider: 'sandbox', reason: 'paid_after_failure' }]);
  expect([await wallet(seller), await payable(seller)]).toEqual([earnedMinor, 0]);
});

test('what the bank has taken once is not handed to it again when it knows nothing of it any more', async () => {
  const { payoutId } = await sent('pending');
  desk.sent.delete(payoutId);
  till.refusals.length = 0;
  await pollLater(market);
  await market.runJob('payouts.submit');
  expect(desk.sent.has(payoutId)).toBe(false);
  expect(till.refusals).toMatchObject([{ eventId: payoutId, reason: 'unknown_to_provider' }]);
});
