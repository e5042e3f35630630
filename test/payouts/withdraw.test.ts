import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { checkBooks, payoutSettingsPort } from '../../src/domain/payouts/index.ts';
import { fill, walletOf } from '../ledger/purse.ts';
import { travel } from '../payments/bank.ts';
import { createHarness, type Harness, type TestUser } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';
import { openDesk, type PayoutDesk } from './sold.ts';

let market: Harness;
let desk: PayoutDesk;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
  ({ desk } = openDesk(market));
});
beforeEach(() => {
  desk.mode = 'paid';
});
afterAll(async () => {
  const wrong = (await checkBooks(market.database.sql)).filter((result) => result.wrong > 0);
  await market.close();
  expect(wrong).toEqual([]);
});

async function person(amountMinor: number): Promise<TestUser> {
  const user = await market.user();
  await market.ok(user, 'payouts.onboard', {});
  await fill(market, user, { amountMinor });
  return user;
}

const take = (amountMinor: number) => ({ amountMinor, currency: 'USD' });

test('a withdrawal leaves the wallet at once and reaches the destination', async () => {
  const user = await person(1_000);
  const { id: payoutId, state } = await market.ok(user, 'wallet.withdraw', take(400));
  expect(state).toBe('processing');
  expect(await walletOf(market, user)).toEqual({ availableMinor: 600, reservedMinor: 0 });
  await market.runJob('payouts.submit');
  expect(await market.ok(user, 'payouts.get', { payoutId })).toMatchObject({ kind: 'withdrawal', state: 'paid' });
  expect(desk.sent.get(payoutId)).toMatchObject({ amountMinor: 400, currency: 'USD' });
});

test('a withdrawal that fails is in the wallet again', async () => {
  const user = await person(1_000);
  desk.mode = 'failed';
  await market.ok(user, 'wallet.withdraw', take(400));
  await market.runJob('payouts.submit');
  expect(await walletOf(market, user)).toMatchObject({ availableMinor: 1_000 });
  const { items } = await market.ok(user, 'wallet.history', { currency: 'USD' });
  expect(items.map(({ kind }: { kind: string }) => kind)).toEqual(['payout.fail', 'wallet.withdraw', 'promo.credit']);
});

test('withdrawals at once take no more than there is', async () => {
  const user = await person(1_000);
  const settings = market.ports.get(payoutSettingsPort);
  market.ports.bind(payoutSettingsPort, { ...settings, withdrawalsPerDay: 100 });
  const replies = await Promise.all(Array.from({ length: 20 }, () => market.call(user, 'wallet.withdraw', take(300))));
  market.ports.bind(payoutSettingsPort, settings);
  expect(replies.filter(({ ok }) => ok)).toHaveLength(3);
  const codes = replies.flatMap((reply) => (reply.ok ? [] : [reply.error.code]));
  expect(new Set(codes)).toEqual(new Set(['wallet.insufficient']));
  expect(await walletOf(market, user)).toMatchObject({ availableMinor: 100 });
});

test('a person makes only so many withdrawals within a day, also at once', async () => {
  const user = await person(10_000);
  const replies = await Promise.all(Array.from({ length: 9 }, () => market.call(user, 'wallet.withdraw', take(100))));
  expect(replies.filter(({ ok }) => ok)).toHaveLength(5);
  expect(await market.fails(user, 'wallet.withdraw', take(100))).toBe('wallet.too_many_withdrawals');
  travel(market, 25 * 3_600_000);
  await market.ok(user, 'wallet.withdraw', take(100));
});

test('withdrawals of a day add up to no more than its limit, also at once; what failed does not count', async () => {
  const user = await person(10_000);
  const settings = market.ports.get(payoutSettingsPort);
  market.ports.bind(payoutSettingsPort, { ...settings, withdrawnMinorPerDay: 1_000, withdrawalsPerDay: 100 });
  const replies = await Promise.all(Array.from({ length: 6 }, () => market.call(user, 'wallet.withdraw', take(300))));
  expect(replies.filter(({ ok }) => ok)).toHaveLength(3);
  expect(await market.fails(user, 'wallet.withdraw', take(101))).toBe('wallet.daily_limit');
  desk.mode = 'failed';
  await market.runJob('payouts.submit');
  await market.ok(user, 'wallet.withdraw', take(1_000));
  expect(await market.fails(user, 'wallet.withdraw', take(100))).toBe('wallet.daily_limit');
  travel(market, 25 * 3_600_000);
  await market.ok(user, 'wallet.withdraw', take(100));
  market.ports.bind(payoutSettingsPort, settings);
});

test('the same withdrawal sent again by its key is one', async () => {
  const user = await person(1_000);
  const input = { ...take(400), idempotencyKey: crypto.randomUUID() };
  const answers = await Promise.all([0, 1, 2, 3].map(() => market.call(user, 'wallet.withdraw', input)));
  expect(answers.some(({ ok }) => ok)).toBe(true);
  expect(await walletOf(market, user)).toMatchObject({ availableMinor: 600 });
});

test('nothing is withdrawn without a destination, or below the minimum', async () => {
  const user = await market.user();
  await fill(market, user, { amountMinor: 1_000 });
  expect(await market.fails(user, 'wallet.withdraw', take(400))).toBe('payouts.no_destination');
  await market.ok(user, 'payouts.onboard', {});
  expect(await market.fails(user, 'wallet.withdraw', take(99))).toBe('wallet.below_minimum');
  expect(await walletOf(market, user)).toMatchObject({ availableMinor: 1_000 });
});
