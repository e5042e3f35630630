import { LockMode } from '@mikro-orm/core';
import { z } from 'zod';
import { flushUnique } from '../../kernel/database-errors.ts';
import { defineCommand } from '../../kernel/define.ts';
import { bump } from '../../kernel/machine.ts';
import { BrandEntity, BrandId } from '../entities.ts';
import { Slug } from '../rules.ts';
import { BrandView, brandView } from '../views.ts';
import { BrandName } from './create-brand.ts';

export const updateBrand = defineCommand({
  name: 'brands.update',
  access: 'admin',
  summary: 'Rename a brand; fields left out stay.',
  input: z.strictObject({ brandId: BrandId, slug: Slug.optional(), name: BrandName.optional() }),
  output: BrandView,
  errors: ['brands.not_found', 'brands.taken'],
  async run({ input: { brandId, slug, name }, tx, fail }) {
    const brand = await tx.db.findOne(BrandEntity, { id: brandId }, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (!brand) return fail('brands.not_found');
    brand.slug = slug ?? brand.slug;
    brand.name = name ?? brand.name;
    bump(brand, await tx.now());
    if (!(await flushUnique(tx.db))) fail('brands.taken');
    return brandView(brand);
  },
});
