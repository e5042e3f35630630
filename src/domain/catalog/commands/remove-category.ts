import { LockMode } from '@mikro-orm/core';
import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { CategoryEntity, CategoryId, ListingEntity } from '../entities.ts';

export const removeCategory = defineCommand({
  name: 'categories.remove',
  access: 'admin',
  summary: 'Remove a category that has neither listings nor subcategories.',
  input: z.strictObject({ categoryId: CategoryId }),
  output: z.object({}),
  errors: ['categories.not_found', 'categories.in_use'],
  async run({ input, tx, fail }) {
    const lock = { lockMode: LockMode.PESSIMISTIC_WRITE } as const;
    const category = await tx.db.findOne(CategoryEntity, { id: input.categoryId }, lock);
    if (!category) return fail('categories.not_found');
    const below = await tx.db.findOne(CategoryEntity, { parentId: category.id }, { fields: ['id'] });
    const listing = await tx.db.findOne(ListingEntity, { categoryId: category.id }, { fields: ['id'] });
    if (below || listing) fail('categories.in_use');
    tx.db.remove(category);
    return {};
  },
});
