import { sql } from 'kysely';
import { z } from 'zod';
import { defineCommand, type Tx } from '../kernel/define.ts';
import { newId } from '../kernel/ids.ts';

/** Slug → name, with subcategories below. */
const categories: Readonly<Record<string, readonly [name: string, below?: Readonly<Record<string, string>>]>> = {
  trading_cards: ['Trading cards'],
  mens_fashion: ["Men's fashion"],
  sneakers: ['Sneakers'],
  sports_cards: ['Sports cards'],
  collectibles: ['Collectibles'],
  electronics: [
    'Electronics',
    {
      laptops: 'Laptops',
      phones: 'Phones',
      tablets: 'Tablets',
      audio: 'Audio',
      accessories: 'Accessories',
    },
  ],
  home_decor: ['Home decor'],
  beauty: ['Beauty'],
  kids_baby: ['Kids and baby'],
  furniture: ['Furniture'],
  books: ['Books', { textbooks: 'Textbooks', novels: 'Novels' }],
  school: [
    'School and university',
    {
      calculators: 'Calculators',
      lab_equipment: 'Lab equipment',
      stationery: 'Stationery',
      backpacks: 'Backpacks',
    },
  ],
  other: ['Other'],
};

const brands: Readonly<Record<string, string>> = {
  adidas: 'Adidas',
  apple: 'Apple',
  asus: 'Asus',
  bosch: 'Bosch',
  casio: 'Casio',
  dell: 'Dell',
  hp: 'HP',
  ikea: 'IKEA',
  lenovo: 'Lenovo',
  lg: 'LG',
  nike: 'Nike',
  panini: 'Panini',
  pokemon: 'Pokémon',
  puma: 'Puma',
  samsung: 'Samsung',
  sony: 'Sony',
  texas_instruments: 'Texas Instruments',
  topps: 'Topps',
  xiaomi: 'Xiaomi',
  zara: 'Zara',
};

/** Fills an empty catalog with its first categories and brands. What admins remove later stays removed. */
async function seedCatalog(tx: Pick<Tx, 'sql' | 'now'>): Promise<void> {
  const { rows } = await sql`select 1 from category union all select 1 from brand limit 1`.execute(tx.sql);
  if (rows.length > 0) return;
  const now = (await tx.now()).toISOString();
  const insert = async (category: { slug: string; name: string; parent: string | null; position: number }) => {
    await sql`
      insert into category (id, parent_id, slug, name, position, version, created_at, updated_at)
      values (${newId()}, (select id from category where slug = ${category.parent}), ${category.slug}, ${category.name},
              ${category.position}, 1, ${now}::timestamptz, ${now}::timestamptz)
      on conflict do nothing`.execute(tx.sql);
  };
  for (const [position, [slug, [name, below]]] of Object.entries(categories).entries()) {
    await insert({ slug, name, parent: null, position });
    for (const [index, [slugBelow, nameBelow]] of Object.entries(below ?? {}).entries()) {
      await insert({ slug: slugBelow, name: nameBelow, parent: slug, position: index });
    }
  }
  for (const [slug, name] of Object.entries(brands)) {
    await sql`
      insert into brand (id, slug, name, version, created_at, updated_at)
      values (${newId()}, ${slug}, ${name}, 1, ${now}::timestamptz, ${now}::timestamptz)
      on conflict do nothing`.execute(tx.sql);
  }
}

export const seed = defineCommand({
  name: 'catalog.seed',
  access: 'system',
  summary: 'Fill an empty catalog with its first categories and brands.',
  input: z.strictObject({}),
  output: z.object({}),
  errors: [],
  async run({ tx }) {
    await seedCatalog(tx);
    return {};
  },
});
