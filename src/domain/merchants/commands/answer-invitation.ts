import { z } from 'zod';
import { defineCommand, type Tx } from '../../kernel/define.ts';
import { newId, type UserId } from '../../kernel/ids.ts';
import { InvitationId, MemberEntity, type Invitation, type Merchant } from '../entities.ts';
import { invitationChanged, merchantChanged } from '../events.ts';
import { findInvitation, InvitationRef, lockInvitation, moveInvitation } from '../inviting.ts';
import { merchantRules } from '../rules.ts';
import { lockMerchant, teamOf, tellTeam } from '../team.ts';
import { MerchantView, merchantView } from '../views.ts';

type Refusal = 'merchantTeam.not_found' | 'merchantTeam.not_pending' | 'merchantTeam.expired';

const shared = { access: 'user', ratePerMinute: 30, input: InvitationRef } as const;

export const acceptInvitation = defineCommand({
  ...shared,
  name: 'merchantTeam.accept',
  summary: 'Join a team that invited you, by the invitation in your inbox or by the code in the mail.',
  output: MerchantView,
  errors: [
    'merchantTeam.not_found',
    'merchantTeam.not_pending',
    'merchantTeam.expired',
    'merchantTeam.already_member',
    'merchantTeam.full',
    'merchantTeam.too_many_shops',
  ],
  emits: [invitationChanged, merchantChanged],
  async run({ input, actor: { userId }, tx, fail }) {
    const open = await lockOpen(tx, input, userId);
    if (typeof open === 'string') return fail(open);
    const { merchant, invitation } = open;
    const team = await teamOf(tx.db, merchant.id);
    if (team.some((member) => member.userId === userId)) fail('merchantTeam.already_member');
    if (team.length >= merchantRules.teamMax) fail('merchantTeam.full');
    const shops = await tx.db.count(MemberEntity, { userId });
    if (shops >= merchantRules.shopsPerPersonMax) fail('merchantTeam.too_many_shops');
    const { role } = invitation;
    const joinedAt = await tx.now();
    tx.db.create(MemberEntity, { id: newId(), merchantId: merchant.id, userId, role, joinedAt });
    await moveInvitation(tx, invitation, { name: 'accept', by: 'invited' });
    await tellTeam(tx, merchant, 'joined');
    return merchantView(merchant, { role, team: await teamOf(tx.db, merchant.id) });
  },
});

export const declineInvitation = defineCommand({
  ...shared,
  name: 'merchantTeam.decline',
  summary: 'Turn an invitation down.',
  output: z.object({ invitationId: InvitationId }),
  errors: ['merchantTeam.not_found', 'merchantTeam.not_pending', 'merchantTeam.expired'],
  emits: [invitationChanged],
  async run({ input, actor, tx, fail }) {
    const open = await lockOpen(tx, input, actor.userId);
    if (typeof open === 'string') return fail(open);
    await moveInvitation(tx, open.invitation, { name: 'decline', by: 'invited' });
    return { invitationId: open.invitation.id };
  },
});

/** Locks the shop, then the invitation. An invitation ends at its deadline, swept or not. */
async function lockOpen(
  tx: Tx,
  input: z.output<typeof InvitationRef>,
  userId: UserId,
): Promise<{ merchant: Merchant; invitation: Invitation } | Refusal> {
  const seen = await findInvitation(tx, input, userId);
  if (!seen) return 'merchantTeam.not_found';
  const merchant = await lockMerchant(tx, seen.merchantId);
  const invitation = await lockInvitation(tx, seen.id);
  if (invitation.state === 'expired') return 'merchantTeam.expired';
  if (!merchant || invitation.state !== 'pending') return 'merchantTeam.not_pending';
  return invitation.deadline <= (await tx.now()) ? 'merchantTeam.expired' : { merchant, invitation };
}
