import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { InvitationEntity, InvitationId } from '../entities.ts';
import { invitationChanged } from '../events.ts';
import { lockInvitation, moveInvitation } from '../inviting.ts';
import { mayRevokeInvitation } from '../policy.ts';
import { lockOwnMerchant } from '../team.ts';
import { SentInvitationView, sentInvitationView } from '../views.ts';

export const revokeInvitation = defineCommand({
  name: 'merchantTeam.revoke',
  access: 'user',
  ratePerMinute: 30,
  summary: 'Take an invitation back that nobody has answered yet.',
  input: z.strictObject({ invitationId: InvitationId }),
  output: SentInvitationView,
  errors: ['merchants.not_found', 'merchantTeam.not_pending'],
  emits: [invitationChanged],
  async run({ input, actor, tx, fail }) {
    const seen = await tx.db.findOne(InvitationEntity, { id: input.invitationId });
    if (!seen) return fail('merchants.not_found');
    const { self } = await lockOwnMerchant({ tx, userId: actor.userId, fail }, seen.merchantId);
    if (!mayRevokeInvitation(self.role)) fail('auth.forbidden');
    const invitation = await lockInvitation(tx, seen.id);
    if (invitation.state !== 'pending') fail('merchantTeam.not_pending');
    await moveInvitation(tx, invitation, { name: 'revoke', by: 'team' });
    return sentInvitationView(invitation);
  },
});
