import { LockMode } from '@mikro-orm/core';
import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { BrandEntity, BrandId, ListingEntity } from '../entities.ts';

export const removeBrand = defineCommand({
  name: 'brands.remove',
  access: 'admin',
  summary: 'Remove a brand that has no listings.',
  input: z.strictObject({ brandId: BrandId }),
  output: z.object({}),
  errors: ['brands.not_found', 'brands.in_use'],
  async run({ input, tx, fail }) {
    const brand = await tx.db.findOne(BrandEntity, { id: input.brandId }, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (!brand) return fail('brands.not_found');
    if (await tx.db.findOne(ListingEntity, { brandId: brand.id }, { fields: ['id'] })) fail('brands.in_use');
    tx.db.remove(brand);
    return {};
  },
});
