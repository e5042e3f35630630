import { afterAll, beforeAll, expect, test } from 'vitest';
import { redeemPromo, restorePromo, returnPromos } from '../../src/domain/promos/index.ts';
import { listingOf, pickup } from '../orders/stall.ts';
import { createHarness, type Harness, type TestUser } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';
import { transact } from '../support/transact.ts';
import { promoOf } from './promo.ts';

let market: Harness;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
});
afterAll(() => market.close());

interface Attempt {
  readonly code: string;
  readonly groupId?: string;
  readonly hasOrdered?: boolean;
}

/** What a checkout of goods for 10.00 does with a code: the discount, or why there is none. */
async function redeem(person: TestUser, { code, groupId, hasOrdered = false }: Attempt): Promise<number | string> {
  const attempt = { code, userId: person.actor.userId, goodsMinor: 1_000, currency: 'USD' as const };
  const purchase = { ...attempt, groupId: groupId ?? crypto.randomUUID(), hasOrdered: async () => hasOrdered };
  const quote = await transact(market, (tx) => redeemPromo(tx, purchase));
  return typeof quote === 'string' ? quote : quote.discountMinor;
}

const usesOf = async (code: string) => {
  const admin = await market.user({ roles: ['admin'] });
  return (await market.ok(admin, 'promos.list', { code })).items[0].uses;
};

test('200 people at once on a code with one use: exactly one has it', async () => {
  const { code } = await promoOf(market, { usesMax: 1 });
  const people: TestUser[] = [];
  for (let index = 0; index < 200; index += 1) people.push(await market.user());
  const outcomes = await Promise.all(people.map((person) => redeem(person, { code }).catch(() => 'refused')));
  expect(outcomes.filter((outcome) => outcome === 100)).toHaveLength(1);
  // Where they wait too long for a connection, they are sent away.
  const others = outcomes.filter((outcome) => outcome !== 100 && outcome !== 'refused');
  expect(new Set(others)).toEqual(new Set(['promos.used_up']));
  expect(await usesOf(code)).toBe(1);
});

test('one person at once with many purchases uses a code as often as one may', async () => {
  const { code } = await promoOf(market, { usesPerPersonMax: 2 });
  const person = await market.user();
  const outcomes = await Promise.all(Array.from({ length: 10 }, () => redeem(person, { code })));
  expect(outcomes.filter((outcome) => outcome === 100)).toHaveLength(2);
  expect(await usesOf(code)).toBe(2);
});

test('one purchase uses a code once, whenever it asks again', async () => {
  const { code } = await promoOf(market);
  const person = await market.user();
  const groupId = crypto.randomUUID();
  for (const _ of [1, 2]) expect(await redeem(person, { code, groupId })).toBe(100);
  expect(await usesOf(code)).toBe(1);
});

test('a purchase that ended unpaid gives its use back once, and takes it again when paid after all', async () => {
  const { code } = await promoOf(market, { usesMax: 1 });
  const [first, second] = [await market.user(), await market.user()];
  const groupId = crypto.randomUUID();
  await redeem(first, { code, groupId });
  await Promise.all([1, 2, 3].map(() => transact(market, (tx) => returnPromos(tx, [groupId]))));
  expect(await usesOf(code)).toBe(0);
  expect(await redeem(second, { code })).toBe(100);
  for (const _ of [1, 2]) await transact(market, (tx) => restorePromo(tx, groupId));
  expect(await usesOf(code)).toBe(2);
});

test('a code for a first order is refused to those who have ordered, and used once by those who have not', async () => {
  const { code } = await promoOf(market, { firstOrderOnly: true, usesPerPersonMax: 5 });
  const person = await market.user();
  expect(await redeem(person, { code, hasOrdered: true })).toBe('promos.first_order_only');
  const outcomes = await Promise.all([1, 2, 3].map(() => redeem(person, { code })));
  expect(outcomes.filter((outcome) => outcome === 100)).toHaveLength(1);
});

test('two codes for a first order at once make one of two orders the first', async () => {
  const seller = await market.user();
  const offered: { promo: string; listingId: string }[] = [];
  for (const _ of [1, 2]) {
    const { code: promo } = await promoOf(market, { firstOrderOnly: true });
    offered.push({ promo, listingId: await listingOf(market, seller, { quantity: 100 }) });
  }
  for (let round = 0; round < 5; round += 1) {
    const buyer = await market.user();
    const replies = await Promise.all(
      offered.map((one) => market.call(buyer, 'orders.place', { ...one, quantity: 1, ...pickup })),
    );
    expect(replies.map((reply) => (reply.ok ? 'ok' : reply.error.code)).toSorted()).toEqual([
      'ok',
      'promos.first_order_only',
    ]);
  }
});
