import { z } from 'zod';
import { Currency } from '../kernel/money.ts';
import { orNull } from '../kernel/or-null.ts';
import { iso, Timestamp } from '../kernel/timestamp.ts';
import { PromoId, type Promo } from './entities.ts';

/** A promo as the staff who run it see it. */
export const PromoView = z.object({
  id: PromoId,
  version: z.int(),
  code: z.string(),
  percentBps: orNull(z.int()),
  amountMinor: orNull(z.int()),
  currency: orNull(Currency),
  minGoodsMinor: orNull(z.int()),
  maxDiscountMinor: orNull(z.int()),
  startsAt: Timestamp,
  endsAt: orNull(Timestamp),
  usesMax: orNull(z.int()),
  usesPerPersonMax: z.int(),
  firstOrderOnly: z.boolean(),
  uses: z.int(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});

export function promoView(promo: Promo): z.input<typeof PromoView> {
  const { id, version, code, percentBps, amountMinor, currency, minGoodsMinor, maxDiscountMinor } = promo;
  const { usesMax, usesPerPersonMax, firstOrderOnly, uses } = promo;
  return {
    id,
    version,
    code,
    percentBps,
    amountMinor,
    currency,
    minGoodsMinor,
    maxDiscountMinor,
    startsAt: iso(promo.startsAt),
    endsAt: iso(promo.endsAt),
    usesMax,
    usesPerPersonMax,
    firstOrderOnly,
    uses,
    createdAt: iso(promo.createdAt),
    updatedAt: iso(promo.updatedAt),
  };
}
