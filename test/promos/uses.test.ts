import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { defineCommand, type Operation } from '../../src/domain/kernel/index.ts';
import { PromoCode, promoRefusals, redeemPromo, restorePromo, returnPromos } from '../../src/domain/promos/index.ts';
import { operations } from '../../src/domain/registry.ts';
import { createHarness, system, type Harness } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';
import { promoOf } from './promo.ts';

/** What the checkout does with a code, alone. */
const redeem = defineCommand({
  name: 'promos.redeemForTest',
  access: 'user',
  summary: 'Use a code for a purchase.',
  input: z.strictObject({ code: PromoCode, groupId: z.uuid(), ordered: z.boolean().default(false) }),
  output: z.object({ discountMinor: z.int() }),
  errors: [...promoRefusals],
  async run({ input: { ordered, ...input }, actor: { userId }, tx, fail }) {
    const attempt = { ...input, userId, goodsMinor: 1_000, currency: 'USD' as const, hasOrdered: async () => ordered };
    const quote = await redeemPromo(tx, attempt);
    return typeof quote === 'string' ? fail(quote) : quote;
  },
});
const giveBack = defineCommand({
  name: 'promos.returnForTest',
  access: 'system',
  summary: 'End purchases.',
  input: z.strictObject({ groupIds: z.array(z.uuid()).max(10), isPaidAfterAll: z.boolean().default(false) }),
  output: z.object({}),
  errors: [],
  async run({ input, tx }) {
    if (input.isPaidAfterAll) await restorePromo(tx, input.groupIds[0]!);
    else await returnPromos(tx, input.groupIds);
    return {};
  },
});

let market: Harness;
const added: [string, Operation][] = [
  [redeem.name, redeem],
  [giveBack.name, giveBack],
];
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
  for (const [name, operation] of added) (operations as Map<string, Operation>).set(name, operation);
});
afterAll(async () => {
  for (const [name] of added) (operations as Map<string, Operation>).delete(name);
  await market.close();
});

const usesOf = async (code: string) => {
  const admin = await market.user({ roles: ['admin'] });
  return (await market.ok(admin, 'promos.list', { code })).items[0].uses;
};

test('200 people at once on a code with one use: exactly one has it', async () => {
  const { code } = await promoOf(market, { usesMax: 1 });
  const people = await Promise.all(Array.from({ length: 200 }, () => market.user()));
  const replies = await Promise.all(
    people.map((person) => market.call(person, redeem.name, { code, groupId: crypto.randomUUID() })),
  );
  expect(replies.filter(({ ok }) => ok)).toHaveLength(1);
  expect(new Set(replies.flatMap((reply) => (reply.ok ? [] : reply.error.code)))).toEqual(new Set(['promos.used_up']));
  expect(await usesOf(code)).toBe(1);
});

test('one person at once with many purchases uses a code as often as one may', async () => {
  const { code } = await promoOf(market, { usesPerPersonMax: 2 });
  const person = await market.user();
  const purchases = Array.from({ length: 10 }, () => crypto.randomUUID());
  const replies = await Promise.all(purchases.map((groupId) => market.call(person, redeem.name, { code, groupId })));
  expect(replies.filter(({ ok }) => ok)).toHaveLength(2);
  expect(await usesOf(code)).toBe(2);
});

test('one purchase uses a code once, whenever it asks again', async () => {
  const { code } = await promoOf(market);
  const person = await market.user();
  const groupId = crypto.randomUUID();
  for (const _ of [1, 2]) {
    expect(await market.ok(person, redeem.name, { code, groupId })).toEqual({ discountMinor: 100 });
  }
  expect(await usesOf(code)).toBe(1);
});

test('a purchase that ended unpaid gives its use back once, and takes it again when paid after all', async () => {
  const { code } = await promoOf(market, { usesMax: 1 });
  const [first, second] = [await market.user(), await market.user()];
  const groupId = crypto.randomUUID();
  await market.ok(first, redeem.name, { code, groupId });
  await Promise.all([1, 2, 3].map(() => market.ok(system, giveBack.name, { groupIds: [groupId] })));
  expect(await usesOf(code)).toBe(0);
  await market.ok(second, redeem.name, { code, groupId: crypto.randomUUID() });
  await market.ok(system, giveBack.name, { groupIds: [groupId], isPaidAfterAll: true });
  await market.ok(system, giveBack.name, { groupIds: [groupId], isPaidAfterAll: true });
  expect(await usesOf(code)).toBe(2);
});

test('a code for a first order is refused to those who have ordered, and used once by those who have not', async () => {
  const { code } = await promoOf(market, { firstOrderOnly: true, usesPerPersonMax: 5 });
  const person = await market.user();
  const groupId = crypto.randomUUID();
  expect(await market.fails(person, redeem.name, { code, groupId, ordered: true })).toBe('promos.first_order_only');
  const tries = [1, 2, 3].map(() => market.call(person, redeem.name, { code, groupId: crypto.randomUUID() }));
  expect((await Promise.all(tries)).filter(({ ok }) => ok)).toHaveLength(1);
});
