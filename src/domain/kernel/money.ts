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
