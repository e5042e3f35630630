import { z } from 'zod';
import { defineQuery } from '../../kernel/define.ts';
import { cutPage, decodeCursor, page, pageInput } from '../../kernel/pagination.ts';
import { HubId, PartnerEntity, PartnerHubEntity, PartnerId } from '../entities.ts';
import { hubsOf } from '../partner-hubs.ts';
import { PartnerView, partnerView } from '../views.ts';

export const listPartners = defineQuery({
  name: 'partners.list',
  access: 'hub',
  summary: 'The delivery partners by name, or only those who serve one hub.',
  input: z.strictObject({ hubId: HubId.optional(), ...pageInput }),
  output: page(PartnerView),
  errors: [],
  async run({ input: { hubId, cursor, limit }, db }) {
    const after = decodeCursor(cursor, z.tuple([z.string().max(100), PartnerId]));
    const serving = hubId && (await db.find(PartnerHubEntity, { hubId })).map(({ partnerId }) => partnerId);
    const partners = await db.find(
      PartnerEntity,
      {
        state: 'active',
        ...(serving && { id: { $in: serving } }),
        ...(after && { $or: [{ name: { $gt: after[0] } }, { name: after[0], id: { $gt: after[1] } }] }),
      },
      { orderBy: { name: 'asc', id: 'asc' }, limit: limit + 1 },
    );
    const hubs = await hubsOf(db, partners);
    return cutPage(partners, limit, {
      item: (partner) => partnerView(partner, hubs.get(partner.id) ?? []),
      key: ({ name, id }) => [name, id],
    });
  },
});
