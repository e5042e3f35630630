import { z } from 'zod';

/** Currencies this market accepts, with the number of digits after the point (ISO 4217). */
export const currencyDigits = {
  AED: 2,
  COP: 2,
  EUR: 2,
  GBP: 2,
  JPY: 0,
  KES: 2,
  RUB: 2,
  TZS: 2,
  UGX: 0,
  USD: 2,
  UZS: 2,
} as const;

export const Currency = z.enum(Object.keys(currencyDigits) as [keyof typeof currencyDigits]);
export type Currency = z.infer<typeof Currency>;

/** The largest amount of one operation, in minor units; far below 2^53 so that sums stay exact integers. */
export const amountMinorMax = 1_000_000_000_000;

/** A positive amount in minor units (cents, fils, whole yen). */
export const AmountMinor = z.int().min(1).max(amountMinorMax);

/** `amount × quantity`, refusing what does not fit the bound instead of losing digits. */
export function multiplyMinor(amountMinor: number, quantity: number): number {
  const total = amountMinor * quantity;
  if (!Number.isSafeInteger(total)) throw new RangeError(`amount out of range: ${amountMinor} × ${quantity}`);
  return total;
}

/**
 * Splits an amount in proportion to weights so that the parts sum to it exactly: each gets the whole part of its share,
 * and the units left over go to the largest remainders, the earlier first. Weights that are all zero share equally.
 */
export function allocate(totalMinor: number, weights: readonly number[]): number[] {
  if (!Number.isSafeInteger(totalMinor) || totalMinor < 0) throw new RangeError(`amount out of range: ${totalMinor}`);
  const sum = weights.reduce((total, weight) => total + BigInt(weight), 0n);
  if (sum === 0n && weights.length > 0)
    return allocate(
      totalMinor,
      weights.map(() => 1),
    );
  const shares = weights.map((weight, index) => {
    const scaled = BigInt(totalMinor) * BigInt(weight);
    return { index, part: Number(scaled / sum), rest: scaled % sum };
  });
  const left = totalMinor - shares.reduce((total, { part }) => total + part, 0);
  const byRest = shares.toSorted((a, b) => (a.rest === b.rest ? a.index - b.index : a.rest > b.rest ? -1 : 1));
  const extra = new Set(byRest.slice(0, left).map(({ index }) => index));
  return shares.map(({ index, part }) => part + (extra.has(index) ? 1 : 0));
}
