import { z } from 'zod';
import { AmountMinor } from '../kernel/money.ts';
import { Timestamp } from '../kernel/timestamp.ts';

const usesMax = 1_000_000;

/** People write codes in any case; they are kept in capitals. */
export const PromoCode = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^[A-Z0-9][A-Z0-9_-]{2,31}$/, 'expected 3 to 32 letters, digits, - or _');

/** What may be changed later on. */
export const promoFields = {
  minGoodsMinor: AmountMinor.describe('What the goods must cost at least.'),
  maxDiscountMinor: AmountMinor,
  startsAt: Timestamp,
  endsAt: Timestamp.describe('Exclusive.'),
  usesMax: z.int().min(1).max(usesMax),
  usesPerPersonMax: z.int().min(1).max(1_000),
} as const;
