import { defineArea } from '../kernel/define.ts';
import { acceptInvitation, declineInvitation } from './commands/answer-invitation.ts';
import { applyForMerchant } from './commands/apply.ts';
import { leaveTeam, removeMember, setMemberRole, transferMerchant } from './commands/change-team.ts';
import { claimApplication } from './commands/claim-application.ts';
import { closeShop } from './commands/close.ts';
import { expireInvitations, expireInvitationsJob } from './commands/expire-invitations.ts';
import { inviteMember } from './commands/invite.ts';
import { reviewApplication } from './commands/review-application.ts';
import { revokeInvitation } from './commands/revoke-invitation.ts';
import { reinstateMerchant, suspendMerchant } from './commands/suspend.ts';
import { updateMerchant } from './commands/update.ts';
import { ApplicationEntity, InvitationEntity, MemberEntity, MerchantEntity } from './entities.ts';
import { merchantErrors } from './errors.ts';
import { applicationChanged, invitationChanged, merchantChanged } from './events.ts';
import { applicationMachine, invitationMachine, merchantMachine } from './machine.ts';
import { merchantsData } from './personal.ts';
import { listApplications, ownApplication } from './queries/applications.ts';
import { merchantProfile } from './queries/profile.ts';
import { listTeam } from './queries/team.ts';
import { applicationSnapshot, invitationSnapshot, merchantSnapshot } from './snapshot.ts';

export { actsFor, ownerOf, ownsLiveShop, sellerOf, sellersAsked, sellersFor, shopsOf } from './acting.ts';
export { MerchantId } from './entities.ts';
export { merchantChanged } from './events.ts';
export { liftShopSuspension, readShop, suspendShop } from './suspending.ts';

export const merchants = defineArea({
  name: 'merchants',
  operations: [
    applyForMerchant,
    ownApplication,
    listApplications,
    claimApplication,
    reviewApplication,
    merchantProfile,
    updateMerchant,
    suspendMerchant,
    reinstateMerchant,
    closeShop,
    listTeam,
    inviteMember,
    revokeInvitation,
    acceptInvitation,
    declineInvitation,
    removeMember,
    setMemberRole,
    transferMerchant,
    leaveTeam,
    expireInvitations,
  ],
  errors: merchantErrors,
  events: [merchantChanged, applicationChanged, invitationChanged],
  machines: [applicationMachine, merchantMachine, invitationMachine],
  jobs: [expireInvitationsJob],
  snapshots: [merchantSnapshot, applicationSnapshot, invitationSnapshot],
  personal: merchantsData,
  entities: [MerchantEntity, MemberEntity, ApplicationEntity, InvitationEntity],
});
