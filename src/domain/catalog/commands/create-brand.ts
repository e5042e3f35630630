import { z } from 'zod';
import { flushUnique } from '../../kernel/database-errors.ts';
import { defineCommand } from '../../kernel/define.ts';
import { newId } from '../../kernel/ids.ts';
import { BrandEntity } from '../entities.ts';
import { Slug } from '../rules.ts';
import { BrandView, brandView } from '../views.ts';

export const BrandName = z.string().trim().min(1).max(100);

export const createBrand = defineCommand({
  name: 'brands.create',
  access: 'admin',
  summary: 'Add a brand.',
  input: z.strictObject({ slug: Slug, name: BrandName }),
  output: BrandView,
  errors: ['brands.taken'],
  async run({ input: { slug, name }, tx, fail }) {
    const now = await tx.now();
    const brand = tx.db.create(BrandEntity, { id: newId(), slug, name, version: 1, createdAt: now, updatedAt: now });
    if (!(await flushUnique(tx.db))) fail('brands.taken');
    return brandView(brand);
  },
});
