import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { MerchantEntity, MerchantId } from '../entities.ts';
import { MerchantSlug } from '../rules.ts';
import { PublicMerchantView, publicMerchantView } from '../views.ts';

export const merchantProfile = defineQuery({
  name: 'merchants.profile',
  access: 'guest',
  summary: 'A shop that is open, by its id or slug. `listings.search` with its `sellerId` finds what it sells.',
  input: z
    .strictObject({ merchantId: MerchantId.optional(), slug: MerchantSlug.optional() })
    .refine(({ merchantId, slug }) => (merchantId === undefined) !== (slug === undefined), {
      path: ['merchantId'],
      message: 'give either merchantId or slug',
    }),
  output: PublicMerchantView,
  errors: ['merchants.not_found'],
  async run({ input: { merchantId, slug }, db, fail }) {
    const named = merchantId === undefined ? { slug: slug ?? '' } : { id: merchantId };
    const merchant = await db.findOne(MerchantEntity, { ...named, state: 'active' });
    return merchant ? publicMerchantView(merchant) : fail('merchants.not_found');
  },
});
