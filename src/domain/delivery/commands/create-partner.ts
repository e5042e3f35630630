import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { newId } from '../../kernel/ids.ts';
import { HubId, PartnerEntity, type PartnerId } from '../entities.ts';
import { areActiveHubs, setHubs } from '../partner-hubs.ts';
import { deliveryRules, partnerFields as fields } from '../rules.ts';
import { PartnerView, partnerView } from '../views.ts';

export const HubIds = z.array(HubId).max(deliveryRules.hubsPerPartnerMax);

export const createPartner = defineCommand({
  name: 'partners.create',
  access: 'admin',
  ratePerMinute: 60,
  summary: 'Add a courier company or a rider, the hubs they serve, and what they charge.',
  input: z.strictObject({
    ...fields,
    contactPhone: fields.contactPhone.optional(),
    contactEmail: fields.contactEmail.optional(),
    hubIds: HubIds,
  }),
  output: PartnerView,
  errors: ['hubs.not_found'],
  async run({ input: { hubIds, ...given }, tx, fail }) {
    if (!(await areActiveHubs(tx.db, hubIds))) fail('hubs.not_found');
    const now = await tx.now();
    const partner = tx.db.create(PartnerEntity, {
      ...given,
      id: newId<PartnerId>(),
      contactPhone: given.contactPhone ?? null,
      contactEmail: given.contactEmail ?? null,
      state: 'active',
      version: 1,
      createdAt: now,
      updatedAt: now,
    });
    await setHubs(tx.db, partner, hubIds);
    return partnerView(partner, [...new Set(hubIds)]);
  },
});
