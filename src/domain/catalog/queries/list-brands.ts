import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { cutPage, decodeCursor, page, pageInput } from '../../kernel/pagination.ts';
import { BrandEntity } from '../entities.ts';
import { BrandView, brandView } from '../views.ts';

export const listBrands = defineQuery({
  name: 'brands.list',
  access: 'guest',
  summary: 'Brands by slug.',
  input: z.strictObject(pageInput),
  output: page(BrandView),
  errors: [],
  async run({ input: { cursor, limit }, db }) {
    const after = decodeCursor(cursor, z.tuple([z.string()]));
    const where = after ? { slug: { $gt: after[0] } } : {};
    const brands = await db.find(BrandEntity, where, { orderBy: { slug: 'asc' }, limit: limit + 1 });
    return cutPage(brands, limit, { item: brandView, key: ({ slug }) => [slug] });
  },
});
