import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { cutPage, decodeCursor, page, pageInput } from '../../kernel/pagination.ts';
import { iso, Timestamp } from '../../kernel/timestamp.ts';
import { PromoEntity, PromoId } from '../entities.ts';
import { PromoCode } from '../rules.ts';
import { PromoView, promoView } from '../views.ts';

export const listPromos = defineQuery({
  name: 'promos.list',
  access: 'admin',
  summary: 'Promo codes, newest first.',
  input: z.strictObject({ code: PromoCode.optional(), ...pageInput }),
  output: page(PromoView),
  errors: [],
  async run({ input: { code, cursor, limit }, db }) {
    const after = decodeCursor(cursor, z.tuple([Timestamp, PromoId]));
    const at = after && new Date(after[0]);
    const older = after && { $or: [{ createdAt: { $lt: at } }, { createdAt: at, id: { $lt: after[1] } }] };
    const where = { ...(code && { code }), ...older };
    const promos = await db.find(PromoEntity, where as never, {
      orderBy: { createdAt: 'desc', id: 'desc' },
      limit: limit + 1,
    });
    return cutPage(promos, limit, { item: promoView, key: ({ createdAt, id }) => [iso(createdAt), id] });
  },
});
