import { afterAll, beforeAll, expect, test } from 'vitest';
import { chargeTakeFee, earnTakeFee, refundTakeFee } from '../../src/domain/ledger/index.ts';
import { createHarness, type Harness, type TestUser } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';
import { transact } from '../support/transact.ts';
import { fill, walletOf } from './purse.ts';

let market: Harness;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
});
afterAll(() => market.close());

const amountMinor = 200;
const charge = ({ actor: { userId: executorId } }: TestUser, takeId: string) =>
  transact(market, (tx) => chargeTakeFee(tx, { takeId, executorId, amountMinor, currency: 'RUB' }));
const earn = (takeId: string) => transact(market, (tx) => earnTakeFee(tx, takeId));
const refund = (takeId: string) => transact(market, (tx) => refundTakeFee(tx, takeId));
const wallet = (user: TestUser) => walletOf(market, user, 'RUB');

async function executor(balanceMinor: number): Promise<TestUser> {
  const user = await market.user();
  await fill(market, user, { amountMinor: balanceMinor, currency: 'RUB' });
  return user;
}

test('the fee of a take is charged once, however often at once', async () => {
  const user = await executor(1_000);
  const takeId = crypto.randomUUID();
  const outcomes = await Promise.all(Array.from({ length: 10 }, () => charge(user, takeId)));
  expect(outcomes.filter((outcome) => outcome === 'charged')).toHaveLength(1);
  expect(outcomes.filter((outcome) => outcome === 'known')).toHaveLength(9);
  expect(await wallet(user)).toEqual({ availableMinor: 800, reservedMinor: 200 });
});

test('takes at once are charged while the money lasts', async () => {
  const user = await executor(500);
  const outcomes = await Promise.all(Array.from({ length: 5 }, () => charge(user, crypto.randomUUID())));
  expect(outcomes.toSorted()).toEqual(['charged', 'charged', 'insufficient', 'insufficient', 'insufficient']);
  expect(await wallet(user)).toEqual({ availableMinor: 100, reservedMinor: 400 });
});

test('a fee that could not be charged can be charged once there is money', async () => {
  const user = await executor(100);
  const takeId = crypto.randomUUID();
  expect(await charge(user, takeId)).toBe('insufficient');
  await fill(market, user, { amountMinor: 100, currency: 'RUB' });
  expect(await charge(user, takeId)).toBe('charged');
});

test('a fee is earned or given back, never both, however they race', async () => {
  const user = await executor(2_000);
  let earned = 0;
  for (let round = 0; round < 10; round += 1) {
    const takeId = crypto.randomUUID();
    await charge(user, takeId);
    const outcomes = await Promise.all([earn(takeId), refund(takeId), earn(takeId), refund(takeId)]);
    expect(outcomes.filter(Boolean)).toHaveLength(1);
    if (outcomes[0] || outcomes[2]) earned += 1;
    expect(await charge(user, takeId)).toBe('known');
  }
  expect(await wallet(user)).toEqual({ availableMinor: 2_000 - earned * amountMinor, reservedMinor: 0 });
});

test('nothing is earned or given back of a take that was never charged', async () => {
  expect([await earn('nothing'), await refund('nothing')]).toEqual([false, false]);
});
