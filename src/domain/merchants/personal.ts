import type { PersonalData } from '../kernel/personal-data.ts';
import { ApplicationEntity, InvitationEntity, MemberEntity } from './entities.ts';
import { ownMerchants } from './snapshot.ts';
import { closeMerchant, dismiss, lockMerchant, teamOf, tellTeam } from './team.ts';
import { applicationView, invitationView } from './views.ts';

export const merchantsData: PersonalData = {
  async export({ db, userId }) {
    const applications = await db.find(ApplicationEntity, { userId });
    const invitations = await db.find(InvitationEntity, { recipientId: userId });
    return {
      merchants: await ownMerchants(db, userId),
      merchantApplications: applications.map(applicationView),
      merchantInvitations: invitations.map(invitationView),
    };
  },
  /** Leaves every team. A shop that the person still owns is closed; `ownsLiveShop` says so before. */
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
