import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHarness, type Harness } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';
import { promoOf } from './promo.ts';

let market: Harness;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
});
afterAll(() => market.close());

const dayMs = 86_400_000;
const later = (ms: number) => new Date(Date.now() + ms).toISOString();

async function discountOf(fields: Record<string, unknown>, goodsMinor: number, currency = 'USD') {
  const { code } = await promoOf(market, fields);
  const reply = await market.call(await market.user(), 'promos.check', { code, goodsMinor, currency });
  return reply.ok ? (reply.data as { discountMinor: number }).discountMinor : reply.error.code;
}

test('a percentage is rounded down, exact for the largest amounts, and never beyond its maximum', async () => {
  const third = { discount: { kind: 'percent', bps: 3_333 } };
  expect(await discountOf(third, 100)).toBe(33);
  expect(await discountOf(third, 999_999_999_999)).toBe(333_299_999_999);
  expect(await discountOf({ ...third, currency: 'USD', maxDiscountMinor: 20 }, 100)).toBe(20);
});

test('a discount that comes to nothing is refused instead of used', async () => {
  expect(await discountOf({}, 1)).toBe('promos.goods_too_low');
  expect(await discountOf({}, 9, 'JPY')).toBe('promos.goods_too_low');
  expect(await discountOf({}, 10, 'JPY')).toBe(1);
});

test('an amount never takes more than the goods cost, and only in its currency', async () => {
  const five = { discount: { kind: 'amount', amountMinor: 500 }, currency: 'USD' };
  expect(await discountOf(five, 2_000)).toBe(500);
  expect(await discountOf(five, 300)).toBe(300);
  expect(await discountOf(five, 2_000, 'EUR')).toBe('promos.wrong_currency');
});

test('a code is the same in any case and counts from its start to its end', async () => {
  const { code } = await promoOf(market, { startsAt: later(dayMs), endsAt: later(2 * dayMs) });
  const person = await market.user();
  const input = { code: ` ${code.toLowerCase()} `, goodsMinor: 1_000, currency: 'USD' };
  // What is yet to come is not told to those who guess.
  expect(await market.fails(person, 'promos.check', input)).toBe('promos.not_found');
  market.clock.offsetMs = dayMs + 60_000;
  expect(await market.ok(person, 'promos.check', input)).toMatchObject({ code, discountMinor: 100 });
  market.clock.offsetMs = 2 * dayMs + 60_000;
  expect(await market.fails(person, 'promos.check', input)).toBe('promos.over');
  market.clock.offsetMs = 0;
});

test('an ended promo is over at once, and ending it again changes nothing', async () => {
  const { admin, id: promoId, code } = await promoOf(market);
  const ended = await market.ok(admin, 'promos.end', { promoId });
  expect(await market.ok(admin, 'promos.end', { promoId })).toEqual(ended);
  const input = { code, goodsMinor: 1_000, currency: 'USD' };
  expect(await market.fails(await market.user(), 'promos.check', input)).toBe('promos.over');
});

test('bounds are changed and cleared, and a bound in money needs a currency', async () => {
  const { admin, id: promoId } = await promoOf(market, { currency: 'USD', usesMax: 3 });
  const changed = await market.ok(admin, 'promos.update', { promoId, usesMax: null, minGoodsMinor: 700 });
  expect(changed).toMatchObject({ version: 2, usesMax: null, minGoodsMinor: 700 });
  const { id: anywhere } = await promoOf(market);
  expect(await market.fails(admin, 'promos.update', { promoId: anywhere, maxDiscountMinor: 5 })).toBe(
    'promos.needs_currency',
  );
  const listed = await market.ok(admin, 'promos.list', { code: changed.code });
  expect(listed.items).toEqual([changed]);
});
