import type { Db, SnapshotPart } from '../kernel/define.ts';
import type { UserId } from '../kernel/ids.ts';
import { ApplicationEntity, InvitationEntity, MemberEntity, MerchantEntity } from './entities.ts';
import { merchantRules } from './rules.ts';
import { applicationView, invitationView, merchantView } from './views.ts';

/** The shops whose team a person is in; `merchantRules.shopsPerPersonMax` bounds them. */
export async function ownMerchants(db: Db, userId: UserId) {
  const own = await db.find(MemberEntity, { userId });
  const roles = new Map(own.map(({ merchantId, role }) => [merchantId, role]));
  const ids = [...roles.keys()];
  const merchants = await db.find(MerchantEntity, { id: { $in: ids } }, { orderBy: { id: 'asc' } });
  const members = await db.find(
    MemberEntity,
    { merchantId: { $in: ids } },
    { orderBy: { joinedAt: 'asc', id: 'asc' } },
  );
  const teams = Map.groupBy(members, ({ merchantId }) => merchantId);
  return merchants.flatMap((merchant) => {
    const role = roles.get(merchant.id);
    return role ? [merchantView(merchant, { role, team: teams.get(merchant.id) ?? [] })] : [];
  });
}

export const merchantSnapshot: SnapshotPart = {
  entity: 'merchant',
  load: ({ db, userId }) => ownMerchants(db, userId),
};

export const applicationSnapshot: SnapshotPart = {
  entity: 'merchant_application',
  async load({ db, userId }) {
    return (await db.find(ApplicationEntity, { userId, superseded: false })).map(applicationView);
  },
};

export const invitationSnapshot: SnapshotPart = {
  entity: 'merchant_invitation',
  async load({ db, userId }) {
    const pending = { recipientId: userId, state: 'pending' } as const;
    const newest = { orderBy: { id: 'desc' }, limit: merchantRules.invitationsShownMax } as const;
    return (await db.find(InvitationEntity, pending, newest)).map(invitationView);
  },
};
