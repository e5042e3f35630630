import { z } from 'zod';
import { flushUnique } from '../../kernel/database-errors.ts';
import { defineCommand } from '../../kernel/define.ts';
import { newId } from '../../kernel/ids.ts';
import { AmountMinor, Currency } from '../../kernel/money.ts';
import { PromoEntity } from '../entities.ts';
import { PromoCode, promoFields } from '../rules.ts';
import { PromoView, promoView } from '../views.ts';

const Discount = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('percent'), bps: z.int().min(1).max(10_000).describe('Hundredths of a percent.') }),
  z.strictObject({ kind: z.literal('amount'), amountMinor: AmountMinor }),
]);

export const createPromo = defineCommand({
  name: 'promos.create',
  access: 'admin',
  summary: 'Add a promo code. What it takes off is the expense of the market; sellers get the full price.',
  input: z.strictObject({
    code: PromoCode,
    discount: Discount,
    currency: Currency.optional().describe('Left out: any currency.'),
    minGoodsMinor: promoFields.minGoodsMinor.optional(),
    maxDiscountMinor: promoFields.maxDiscountMinor.optional(),
    startsAt: promoFields.startsAt.optional().describe('Left out: now.'),
    endsAt: promoFields.endsAt.optional(),
    usesMax: promoFields.usesMax.optional(),
    usesPerPersonMax: promoFields.usesPerPersonMax.default(1),
    firstOrderOnly: z.boolean().default(false),
  }),
  output: PromoView,
  errors: ['promos.needs_currency', 'promos.wrong_period', 'promos.taken'],
  async run({ input: { discount, ...input }, tx, fail }) {
    const amountMinor = discount.kind === 'amount' ? discount.amountMinor : null;
    const { currency = null, minGoodsMinor = null, maxDiscountMinor = null, usesMax = null } = input;
    if (!currency && (amountMinor ?? minGoodsMinor ?? maxDiscountMinor)) fail('promos.needs_currency');
    const now = await tx.now();
    const startsAt = input.startsAt ? new Date(input.startsAt) : now;
    const endsAt = input.endsAt ? new Date(input.endsAt) : null;
    if (endsAt && endsAt < startsAt) fail('promos.wrong_period');
    const promo = tx.db.create(PromoEntity, {
      id: newId(),
      code: input.code,
      percentBps: discount.kind === 'percent' ? discount.bps : null,
      amountMinor,
      currency,
      minGoodsMinor,
      maxDiscountMinor,
      startsAt,
      endsAt,
      usesMax,
      usesPerPersonMax: input.usesPerPersonMax,
      firstOrderOnly: input.firstOrderOnly,
      uses: 0,
      version: 1,
      createdAt: now,
      updatedAt: now,
    });
    if (!(await flushUnique(tx.db))) fail('promos.taken');
    return promoView(promo);
  },
});
