import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { CategoryEntity, CategoryId } from '../entities.ts';
import { Slug } from '../rules.ts';
import { CategoryView, categoryView } from '../views.ts';

export const listCategories = defineQuery({
  name: 'categories.list',
  access: 'guest',
  summary: 'All categories, parents before their subcategories; `parentId` makes the tree.',
  input: z.strictObject({}),
  output: z.object({ items: z.array(CategoryView) }),
  errors: [],
  async run({ db }) {
    const categories = await db.find(CategoryEntity, {}, { orderBy: { position: 'asc', slug: 'asc' } });
    const below = Map.groupBy(categories, ({ parentId }) => parentId ?? null);
    const inOrder: typeof categories = [];
    const visit = (parentId: CategoryId | null): void => {
      for (const category of below.get(parentId) ?? []) {
        inOrder.push(category);
        visit(category.id);
      }
    };
    visit(null);
    return { items: inOrder.map(categoryView) };
  },
});

export const getCategory = defineQuery({
  name: 'categories.get',
  access: 'guest',
  summary: 'One category, by its id or its slug.',
  input: z
    .strictObject({ categoryId: CategoryId.optional(), slug: Slug.optional() })
    .refine(({ categoryId, slug }) => (categoryId === undefined) !== (slug === undefined), 'give categoryId or slug'),
  output: CategoryView,
  errors: ['categories.not_found'],
  async run({ input: { categoryId, slug }, db, fail }) {
    const category = await db.findOne(CategoryEntity, categoryId ? { id: categoryId } : { slug: slug as string });
    return category ? categoryView(category) : fail('categories.not_found');
  },
});
