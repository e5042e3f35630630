import fc from 'fast-check';
import { expect, test } from 'vitest';
import { allocate, amountMinorMax } from '../../src/domain/kernel/money.ts';

const amounts = fc.integer({ min: 0, max: amountMinorMax });
const weightsOf = (maxLength: number) =>
  fc.array(fc.integer({ min: 0, max: amountMinorMax }), { minLength: 1, maxLength });
const sum = (parts: readonly number[]) => parts.reduce((total, part) => total + part, 0);

test('the parts of an amount sum to it, each is within one unit of its share, and none is negative', () => {
  fc.assert(
    fc.property(amounts, weightsOf(50), (totalMinor, weights) => {
      const parts = allocate(totalMinor, weights);
      expect(parts).toHaveLength(weights.length);
      expect(sum(parts)).toBe(totalMinor);
      const whole = weights.reduce((total, weight) => total + BigInt(weight), 0n);
      for (const [index, part] of parts.entries()) {
        const [weight, of] = whole === 0n ? [1n, BigInt(weights.length)] : [BigInt(weights[index]!), whole];
        const floor = (BigInt(totalMinor) * weight) / of;
        expect(BigInt(part) === floor || BigInt(part) === floor + 1n).toBe(true);
      }
    }),
  );
});

test('who has no weight gets nothing, and a larger weight never gets less', () => {
  fc.assert(
    fc.property(amounts, weightsOf(20), (totalMinor, weights) => {
      fc.pre(weights.some((weight) => weight > 0));
      const parts = allocate(totalMinor, weights);
      const byWeight = weights.map((weight, index) => ({ weight, part: parts[index]! }));
      expect(byWeight.filter(({ weight, part }) => weight === 0 && part > 0)).toEqual([]);
      const sorted = byWeight.toSorted((one, other) => one.weight - other.weight || one.part - other.part);
      expect(sorted.map(({ part }) => part)).toEqual(parts.toSorted((one, other) => one - other));
    }),
  );
});

test('a split is the same each time, and of equals the earlier get the units that are left over', () => {
  fc.assert(
    fc.property(amounts, fc.integer({ min: 1, max: 100 }), (totalMinor, many) => {
      const weights = Array.from({ length: many }, () => 7);
      const parts = allocate(totalMinor, weights);
      expect(allocate(totalMinor, weights)).toEqual(parts);
      expect(parts.toSorted((a, b) => b - a)).toEqual(parts);
    }),
  );
});

test('one unit goes to one of three, and 100 by three is 34, 33, 33', () => {
  expect(allocate(1, [1, 1, 1])).toEqual([1, 0, 0]);
  expect(allocate(100, [1, 1, 1])).toEqual([34, 33, 33]);
  expect(allocate(1, [1, 2, 1])).toEqual([0, 1, 0]);
});

test('a thousand weights share one unit, or an amount that no share of is whole', () => {
  const weights = Array.from({ length: 1_000 }, (_, index) => index + 1);
  const one = allocate(1, weights);
  expect(sum(one)).toBe(1);
  expect(one.at(-1)).toBe(1);
  expect(sum(allocate(999_999_999_999, weights))).toBe(999_999_999_999);
});

test('what is not a whole amount is refused', () => {
  for (const wrong of [-1, 0.5, Number.NaN, 2 ** 53]) expect(() => allocate(wrong, [1])).toThrow(RangeError);
});
