import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accounts, openHold, postTransfer, voidHold } from '../../src/domain/ledger/index.ts';
import { createHarness, type Harness, type TestUser } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';
import { transact } from '../support/transact.ts';
import { fill, walletOf } from './purse.ts';

let market: Harness;
let admin: TestUser;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
  admin = await market.user({ roles: ['admin'] });
});
afterAll(() => market.close());

const credit = (user: TestUser, fields: Record<string, unknown> = {}) =>
  market.ok(admin, 'wallet.credit', {
    userId: user.id,
    amountMinor: 300,
    currency: 'USD',
    reason: 'The parcel was late.',
    ...fields,
  });

test('a wallet is there from the first money on, one for each currency', async () => {
  const user = await market.user();
  expect(await market.ok(user, 'wallet.get')).toEqual({ wallets: [] });
  await fill(market, user, { amountMinor: 500 });
  await fill(market, user, { amountMinor: 70, currency: 'UGX' });
  const { wallets } = await market.ok(user, 'wallet.get');
  expect(wallets).toMatchObject([
    { currency: 'UGX', availableMinor: 70, reservedMinor: 0 },
    { currency: 'USD', availableMinor: 500, reservedMinor: 0 },
  ]);
});

test('the history has every change of the available money, page by page, each with the balance after it', async () => {
  const user = await market.user();
  for (const amountMinor of [100, 20, 3]) await fill(market, user, { amountMinor });
  const key = { purpose: 'test', purposeId: user.id };
  const hold = { ...key, userId: user.actor.userId, currency: 'USD', amountMinor: 50 } as const;
  await transact(market, (tx) => openHold(tx, hold));
  await transact(market, (tx) => voidHold(tx, key));
  await fill(market, user, { amountMinor: 1, currency: 'UGX' });
  const entries: { kind: string; amountMinor: number; balanceMinor: number }[] = [];
  let cursor: string | undefined;
  do {
    const page = await market.ok(user, 'wallet.history', { currency: 'USD', limit: 2, ...(cursor && { cursor }) });
    entries.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  expect(entries.map(({ kind, amountMinor, balanceMinor }) => [kind, amountMinor, balanceMinor])).toEqual([
    ['wallet.void', 50, 123],
    ['wallet.hold', -50, 73],
    ['promo.credit', 3, 123],
    ['promo.credit', 20, 120],
    ['promo.credit', 100, 100],
  ]);
});

test('nobody reads the history of another wallet, whatever the cursor', async () => {
  const [rich, poor] = [await market.user(), await market.user()];
  await fill(market, rich, { amountMinor: 100 });
  await fill(market, rich, { amountMinor: 100 });
  const { nextCursor } = await market.ok(rich, 'wallet.history', { currency: 'USD', limit: 1 });
  const stolen = await market.ok(poor, 'wallet.history', { currency: 'USD', cursor: nextCursor });
  expect(stolen).toEqual({ items: [], nextCursor: null });
  const forged = Buffer.from(JSON.stringify(['1; drop table account'])).toString('base64url');
  expect(await market.fails(rich, 'wallet.history', { currency: 'USD', cursor: forged })).toBe('input.invalid');
});

test('a credit named by a reference is given once, however often at once, and stands in the log of staff', async () => {
  const user = await market.user();
  const reference = `complaint:${user.id}`;
  const answers = await Promise.all(Array.from({ length: 10 }, () => credit(user, { reference })));
  expect(answers.filter(({ credited }) => credited)).toHaveLength(1);
  expect(await walletOf(market, user)).toEqual({ availableMinor: 300, reservedMinor: 0 });
  const { rows } = await sql<{ details: object }>`
    select details from audit_entry where action = 'wallet.credited' and subject_id = ${user.id}`.execute(
    market.database.sql,
  );
  expect(rows).toMatchObject([{ details: { amountMinor: 300, reason: 'The parcel was late.', reference } }]);
});

test('credits without a reference are two, and a reference is not for two people', async () => {
  const [user, other] = [await market.user(), await market.user()];
  await credit(user);
  await credit(user, { reference: `one:${user.id}` });
  expect(await walletOf(market, user)).toMatchObject({ availableMinor: 600 });
  const taken = { userId: other.id, amountMinor: 300, currency: 'USD', reason: 'x', reference: `one:${user.id}` };
  expect(await market.fails(admin, 'wallet.credit', taken)).toBe('wallet.reference_taken');
  const nobody = { ...taken, userId: crypto.randomUUID(), reference: 'two' };
  expect(await market.fails(admin, 'wallet.credit', nobody)).toBe('users.not_found');
});

test('a person is told of money that comes by itself, with the amount, and not of what they do', async () => {
  const user = await market.user();
  await credit(user);
  await transact(market, (tx) =>
    postTransfer(tx, {
      kind: 'wallet.withdraw',
      reference: user.id,
      currency: 'USD',
      postings: [
        { account: accounts.available(user.actor.userId), amountMinor: -100 },
        { account: accounts.payout(user.actor.userId), amountMinor: 100 },
      ],
    }),
  );
  const changes = (await market.inboxOf(user)).filter(({ type }) => type === 'wallet.changed').map(({ data }) => data);
  expect(changes.map(({ change }) => change)).toEqual([
    { kind: 'promo.credit', amountMinor: 300 },
    { kind: 'wallet.withdraw', amountMinor: -100 },
  ]);
  await market.runJob('notifications.tell');
  const { items } = await market.ok(user, 'notifications.list');
  expect(items.map(({ template }: { template: string }) => template)).toEqual(['wallet.credited']);
});
