import { LockMode } from '@mikro-orm/core';
import { z } from 'zod';
import { flushUnique } from '../../kernel/database-errors.ts';
import { defineCommand } from '../../kernel/define.ts';
import { bump } from '../../kernel/machine.ts';
import { CategoryEntity, CategoryId, type Category } from '../entities.ts';
import { Slug } from '../rules.ts';
import { CategoryView, categoryView } from '../views.ts';
import { CategoryName, CategoryPosition } from './create-category.ts';

export const updateCategory = defineCommand({
  name: 'categories.update',
  access: 'admin',
  summary: 'Rename or move a category; fields left out stay, a null parent moves it to the top.',
  input: z.strictObject({
    categoryId: CategoryId,
    slug: Slug.optional(),
    name: CategoryName.optional(),
    parentId: CategoryId.nullable().optional(),
    position: CategoryPosition.optional(),
  }),
  output: CategoryView,
  errors: ['categories.not_found', 'categories.taken', 'categories.cycle'],
  async run({ input: { categoryId, ...fields }, tx, fail }) {
    // The whole tree is locked: two moves at once could close a cycle that neither sees.
    const tree = await tx.db.find(CategoryEntity, {}, { lockMode: LockMode.PESSIMISTIC_WRITE, orderBy: { id: 'asc' } });
    const byId = new Map(tree.map((each) => [each.id, each]));
    const category = byId.get(categoryId);
    if (!category || (fields.parentId && !byId.has(fields.parentId))) return fail('categories.not_found');
    if (fields.parentId && isBelow(byId, fields.parentId, categoryId)) fail('categories.cycle');
    Object.assign(category, Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)));
    bump(category, await tx.now());
    if (!(await flushUnique(tx.db))) fail('categories.taken');
    return categoryView(category);
  },
});

/** Whether `id` is `ancestorId` or somewhere below it. */
function isBelow(byId: ReadonlyMap<CategoryId, Category>, id: CategoryId, ancestorId: CategoryId): boolean {
  for (let at: CategoryId | null | undefined = id; at; at = byId.get(at)?.parentId) {
    if (at === ancestorId) return true;
  }
  return false;
}
