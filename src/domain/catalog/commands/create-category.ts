import { z } from 'zod';
import { flushUnique } from '../../kernel/database-errors.ts';
import { defineCommand } from '../../kernel/define.ts';
import { newId } from '../../kernel/ids.ts';
import { missingReference } from '../categories.ts';
import { CategoryEntity, CategoryId } from '../entities.ts';
import { Slug } from '../rules.ts';
import { CategoryView, categoryView } from '../views.ts';

export const CategoryName = z.string().trim().min(1).max(100);
export const CategoryPosition = z.int().min(0).max(10_000);

export const createCategory = defineCommand({
  name: 'categories.create',
  access: 'admin',
  summary: 'Add a category, at the top or below another.',
  input: z.strictObject({
    slug: Slug,
    name: CategoryName,
    parentId: CategoryId.optional(),
    position: CategoryPosition.default(0),
  }),
  output: CategoryView,
  errors: ['categories.not_found', 'categories.taken'],
  async run({ input, tx, fail }) {
    const missing = await missingReference(tx.db, { categoryId: input.parentId });
    if (missing) fail('categories.not_found');
    const now = await tx.now();
    const { slug, name, position, parentId } = input;
    const category = tx.db.create(CategoryEntity, {
      id: newId(),
      slug,
      name,
      position,
      parentId: parentId ?? null,
      version: 1,
      createdAt: now,
      updatedAt: now,
    });
    if (!(await flushUnique(tx.db))) fail('categories.taken');
    return categoryView(category);
  },
});
