import { LockMode } from '@mikro-orm/core';
import { z } from 'zod';
import type { Tx } from '../../kernel/define.ts';
import { defineCommand } from '../../kernel/define.ts';
import { bump } from '../../kernel/machine.ts';
import { PartnerEntity, PartnerId, type Partner } from '../entities.ts';
import { areActiveHubs, hubsOf, setHubs } from '../partner-hubs.ts';
import { partnerFields as fields } from '../rules.ts';
import { PartnerView, partnerView } from '../views.ts';
import { HubIds } from './create-partner.ts';

async function lockPartner(tx: Tx, id: PartnerId): Promise<Partner | null> {
  return tx.db.findOne(PartnerEntity, { id, state: 'active' }, { lockMode: LockMode.PESSIMISTIC_WRITE });
}

export const updatePartner = defineCommand({
  name: 'partners.update',
  access: 'admin',
  ratePerMinute: 60,
  summary: 'Change a delivery partner; fields left out stay. `hubIds` are all the hubs they serve from now on.',
  input: z.strictObject({
    partnerId: PartnerId,
    name: fields.name.optional(),
    contactPhone: fields.contactPhone.nullable().optional(),
    contactEmail: fields.contactEmail.nullable().optional(),
    baseFeeMinor: fields.baseFeeMinor.optional(),
    perKmMinor: fields.perKmMinor.optional(),
    currency: fields.currency.optional(),
    maxDistanceKm: fields.maxDistanceKm.optional(),
    hubIds: HubIds.optional(),
  }),
  output: PartnerView,
  errors: ['partners.not_found', 'hubs.not_found'],
  async run({ input: { partnerId, hubIds, ...changes }, tx, fail }) {
    const partner = await lockPartner(tx, partnerId);
    if (!partner) return fail('partners.not_found');
    if (hubIds && !(await areActiveHubs(tx.db, hubIds))) fail('hubs.not_found');
    for (const [field, value] of Object.entries(changes)) {
      if (value !== undefined) Object.assign(partner, { [field]: value });
    }
    bump(partner, await tx.now());
    if (hubIds) await setHubs(tx.db, partner, hubIds);
    return partnerView(partner, (await hubsOf(tx.db, [partner])).get(partner.id) ?? []);
  },
});

export const removePartner = defineCommand({
  name: 'partners.remove',
  access: 'admin',
  ratePerMinute: 60,
  summary: 'Give no more parcels to a delivery partner. What they have under way goes on.',
  input: z.strictObject({ partnerId: PartnerId }),
  output: PartnerView,
  errors: ['partners.not_found'],
  async run({ input, tx, fail }) {
    const partner = await lockPartner(tx, input.partnerId);
    if (!partner) return fail('partners.not_found');
    partner.state = 'removed';
    bump(partner, await tx.now());
    await setHubs(tx.db, partner, []);
    return partnerView(partner, []);
  },
});
