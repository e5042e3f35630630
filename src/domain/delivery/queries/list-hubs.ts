import { sql } from 'kysely';
import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { Point } from '../../kernel/geo.ts';
import { limits } from '../../kernel/limits.ts';
import { Currency } from '../../kernel/money.ts';
import { cutPage, decodeCursor, page, pageInput } from '../../kernel/pagination.ts';
import { HubEntity, HubId } from '../entities.ts';
import { geography } from '../quoting.ts';
import { HubView, hubView } from '../views.ts';

export const listHubs = defineQuery({
  name: 'hubs.list',
  access: 'guest',
  summary: 'The hubs that take parcels: the nearest first when a place is given, else by name.',
  input: z.strictObject({
    near: Point.extend({ radiusKm: z.number().positive().max(limits.searchRadiusKmMax).default(100) }).optional(),
    currency: Currency.optional(),
    ...pageInput,
  }),
  output: page(HubView),
  errors: [],
  async run({ input: { near, currency, cursor, limit }, db, now }) {
    // Whole metres, so that a cursor compares exactly.
    const metres = near ? sql`round(st_distance(location, ${geography(near)}))::integer` : null;
    const key = metres ?? sql`name`;
    const Key = metres ? z.int().min(0).max(100_000_000) : z.string().max(100);
    const after = decodeCursor(cursor, z.tuple([Key, HubId]));
    const { rows } = await sql<{ id: HubId; key: string | number }>`
      select id, ${key} as key from hub
      where state = 'active'
        and ${near ? sql`st_dwithin(location, ${geography(near)}, ${near.radiusKm * 1000})` : sql`true`}
        and ${currency === undefined ? sql`true` : sql`currency = ${currency}`}
        and ${after ? sql`(${key}, id) > (${after[0]}, ${after[1]}::uuid)` : sql`true`}
      order by ${key}, id limit ${limit + 1}`.execute(db.getKysely());
    const hubs = await db.find(HubEntity, { id: { $in: rows.map(({ id }) => id) } });
    const byId = new Map(hubs.map((hub) => [hub.id, hub]));
    const at = await now();
    const found = rows.flatMap((row) => {
      const hub = byId.get(row.id);
      return hub ? [{ ...row, hub }] : [];
    });
    return cutPage(found, limit, {
      item: ({ hub, key: given }) => hubView(hub, typeof given === 'number' ? { now: at, metres: given } : { now: at }),
      key: ({ id, key: given }) => [given, id],
    });
  },
});
