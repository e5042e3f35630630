import type { Db } from '../kernel/define.ts';
import { HubEntity, PartnerEntity, PartnerHubEntity, type HubId, type Partner, type PartnerId } from './entities.ts';

/** The hubs that partners serve, by partner, in one query. */
export async function hubsOf(db: Db, partners: readonly Partner[]): Promise<Map<string, HubId[]>> {
  const served = await db.find(PartnerHubEntity, { partnerId: { $in: partners.map(({ id }) => id) } });
  const byPartner = Map.groupBy(served, ({ partnerId }) => partnerId);
  return new Map(partners.map(({ id }) => [id, (byPartner.get(id) ?? []).map(({ hubId }) => hubId)]));
}

/** Whether all of these are hubs that are not closed. */
export async function areActiveHubs(db: Db, hubIds: readonly HubId[]): Promise<boolean> {
  return (await db.count(HubEntity, { id: { $in: [...hubIds] }, state: 'active' })) === new Set(hubIds).size;
}

/** The bound of what a partner serves is that of its input. */
export async function setHubs(db: Db, partner: Partner, hubIds: readonly HubId[]): Promise<void> {
  await db.flush();
  await db.nativeDelete(PartnerHubEntity, { partnerId: partner.id });
  for (const hubId of new Set(hubIds)) db.create(PartnerHubEntity, { partnerId: partner.id, hubId });
  await db.flush();
}

/** A partner that takes parcels from a hub, or null. */
export async function partnerServing(
  db: Db,
  { partnerId, hubId }: { partnerId: PartnerId; hubId: HubId },
): Promise<Partner | null> {
  const serves = (await db.count(PartnerHubEntity, { partnerId, hubId })) > 0;
  return serves ? db.findOne(PartnerEntity, { id: partnerId, state: 'active' }) : null;
}
