import type { Db } from '../kernel/define.ts';
import type { UserId } from '../kernel/ids.ts';
import type { Currency } from '../kernel/money.ts';
import { PromoEntity, PromoUseEntity, type Promo } from './entities.ts';

/** What a code is tried on. */
export interface PromoAttempt {
  /** In capitals. */
  readonly code: string;
  readonly userId: UserId;
  /** Of all goods of the purchase, without delivery. */
  readonly goodsMinor: number;
  readonly currency: Currency;
  /** Whether the person has another purchase that was paid or may still be. Asked only where it matters. */
  hasOrdered(): Promise<boolean>;
}

export type PromoRefusal =
  | 'promos.not_found'
  | 'promos.over'
  | 'promos.wrong_currency'
  | 'promos.used_up'
  | 'promos.used_by_you'
  | 'promos.first_order_only'
  | 'promos.goods_too_low';

export const promoRefusals = [
  'promos.not_found',
  'promos.over',
  'promos.wrong_currency',
  'promos.used_up',
  'promos.used_by_you',
  'promos.first_order_only',
  'promos.goods_too_low',
] as const satisfies readonly PromoRefusal[];

export interface PromoQuote {
  readonly code: string;
  /** At least 1 and at most what the goods cost. */
  readonly discountMinor: number;
}

/** What a code would take off now, or why nothing. Counts nothing: the answer may be another a moment later. */
export async function quotePromo(db: Db, attempt: PromoAttempt, now: Date): Promise<PromoQuote | PromoRefusal> {
  const promo = await db.findOne(PromoEntity, { code: attempt.code });
  return promo ? quoteOf(db, promo, { ...attempt, now }) : 'promos.not_found';
}

/** The same for a promo that was read, or locked, before. */
export async function quoteOf(
  db: Db,
  promo: Promo,
  { userId, goodsMinor, currency, hasOrdered, now }: PromoAttempt & { now: Date },
): Promise<PromoQuote | PromoRefusal> {
  // A promo that is yet to start is not announced by its code.
  if (promo.startsAt > now) return 'promos.not_found';
  if (promo.endsAt && promo.endsAt <= now) return 'promos.over';
  if (promo.currency && promo.currency !== currency) return 'promos.wrong_currency';
  if (promo.usesMax && promo.uses >= promo.usesMax) return 'promos.used_up';
  const used = await db.count(PromoUseEntity, { promoId: promo.id, userId, returnedAt: null });
  if (used >= promo.usesPerPersonMax) return 'promos.used_by_you';
  if (promo.firstOrderOnly && (used > 0 || (await hasOrdered()))) return 'promos.first_order_only';
  const discountMinor = discountOf(promo, goodsMinor);
  if (goodsMinor < (promo.minGoodsMinor ?? 0) || discountMinor === 0) return 'promos.goods_too_low';
  return { code: promo.code, discountMinor };
}

function discountOf({ percentBps, amountMinor, maxDiscountMinor }: Promo, goodsMinor: number): number {
  // In whole numbers of any size: amounts times basis points do not fit into the exact ones of a double.
  const share = percentBps ? Number((BigInt(goodsMinor) * BigInt(percentBps)) / 10_000n) : (amountMinor ?? 0);
  return Math.min(share, maxDiscountMinor ?? share, goodsMinor);
}
