import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { AmountMinor, Currency } from '../../kernel/money.ts';
import { PromoCode, promoRefusals, quotePromo } from '../../promos/index.ts';
import { hasOrdered } from '../first-order.ts';

export const checkPromo = defineQuery({
  name: 'promos.check',
  access: 'user',
  // Codes are short: without a bound they could be guessed.
  ratePerMinute: 20,
  summary: 'What a promo code would take off goods of this price now. The checkout counts, not this.',
  input: z.strictObject({ code: PromoCode, goodsMinor: AmountMinor, currency: Currency }),
  output: z.object({ code: z.string(), discountMinor: z.int(), currency: Currency }),
  errors: [...promoRefusals],
  async run({ input, actor: { userId }, db, now, fail }) {
    const attempt = { ...input, userId, hasOrdered: () => hasOrdered(db, userId) };
    const quote = await quotePromo(db, attempt, await now());
    return typeof quote === 'string' ? fail(quote) : { ...quote, currency: input.currency };
  },
});
