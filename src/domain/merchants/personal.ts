import { exportRowsMax, type PersonalData } from '../kernel/personal-data.ts';
import { ownsLiveShop } from './acting.ts';
import { ApplicationEntity, InvitationEntity, MemberEntity } from './entities.ts';
import { ownMerchants } from './snapshot.ts';
import { closeMerchant, dismiss, lockMerchant, teamOf, tellTeam } from './team.ts';
import { applicationView, invitationView } from './views.ts';

const newest = { orderBy: { id: 'desc' }, limit: exportRowsMax } as const;

export const merchantsData: PersonalData = {
  async export({ db, userId }) {
    const applications = await db.find(ApplicationEntity, { userId }, newest);
    const invitations = await db.find(InvitationEntity, { recipientId: userId }, newest);
    return {
      merchants: await ownMerchants(db, userId),
      merchantApplications: applications.map(applicationView),
      merchantInvitations: invitations.map(invitationView),
    };
  },
  blockers: async (tx, userId) => ((await ownsLiveShop(tx.db, userId)) ? ['merchants'] : []),
  /** Leaves every team. A shop that the person still owns, a suspended one, is closed. */
  async forget(tx, userId) {
    const own = await tx.db.find(MemberEntity, { userId }, { orderBy: { merchantId: 'asc' } });
    for (const { merchantId } of own) {
      const merchant = await lockMerchant(tx, merchantId);
      const self = (await teamOf(tx.db, merchantId)).find((member) => member.userId === userId);
      if (!merchant || !self) continue;
      if (self.role === 'owner') {
        await closeMerchant(tx, merchant, 'system');
        continue;
      }
      await dismiss(tx, merchant, { members: [self], kind: 'team' });
      await tellTeam(tx, merchant, 'team');
    }
    await tx.db.flush();
    await tx.db.nativeDelete(ApplicationEntity, { userId });
    await tx.db.nativeDelete(InvitationEntity, { $or: [{ recipientId: userId }, { invitedId: userId }] });
  },
};
