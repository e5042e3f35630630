import { z } from 'zod';
import { findByVerifiedEmail, publicProfiles } from '../../identity/index.ts';
import { flushUnique } from '../../kernel/database-errors.ts';
import { defineCommand, type Tx } from '../../kernel/define.ts';
import { newId, UserId } from '../../kernel/ids.ts';
import { enqueueMessage } from '../../outbox/index.ts';
import { blockedAmong } from '../../trust/index.ts';
import { InvitationEntity, MerchantId, type Invitation, type Merchant } from '../entities.ts';
import { invitationChanged } from '../events.ts';
import { newInvitationCode } from '../inviting.ts';
import { invitedRoles, mayInvite } from '../policy.ts';
import { merchantRules } from '../rules.ts';
import { lockOwnMerchant } from '../team.ts';
import { invitationView, SentInvitationView, sentInvitationView } from '../views.ts';

type Invited = { email: string } | { invitedId: UserId };

export const inviteMember = defineCommand({
  name: 'merchantTeam.invite',
  access: 'user',
  ratePerMinute: 20,
  summary: 'Invite somebody to your team for seven days, by e-mail or by user id. Only the owner invites managers.',
  input: z
    .strictObject({
      merchantId: MerchantId,
      email: z.email().max(254).optional(),
      userId: UserId.optional(),
      role: z.enum(invitedRoles),
    })
    .refine(({ email, userId }) => (email === undefined) !== (userId === undefined), {
      path: ['email'],
      message: 'give either email or userId',
    }),
  output: SentInvitationView,
  errors: [
    'merchants.not_found',
    'merchants.suspended',
    'users.not_found',
    'merchantTeam.already_member',
    'merchantTeam.full',
    'merchantTeam.already_invited',
  ],
  emits: [invitationChanged],
  async run({ input: { merchantId, email, userId, role }, actor, tx, fail }) {
    const { merchant, team, self } = await lockOwnMerchant({ tx, userId: actor.userId, fail }, merchantId);
    if (!mayInvite(self.role, role)) fail('auth.forbidden');
    if (merchant.state === 'suspended') fail('merchants.suspended');
    const profiles = await publicProfiles(tx.db, [actor.userId, ...(userId ? [userId] : [])]);
    if (userId && (!profiles.has(userId) || (await isKeptAway(tx, userId, [actor.userId, merchant.ownerId]))))
      fail('users.not_found');
    // Of an address this is not asked: the answer would tell whose it is.
    if (team.some((member) => member.userId === userId)) fail('merchantTeam.already_member');
    const at = await tx.now();
    const lately = { $gt: new Date(at.getTime() - merchantRules.invitationsWindowMs) };
    // Those taken back count for a day: each was a mail to somebody who may never have heard of the shop.
    const counted = [{ state: 'pending' as const }, { state: 'revoked' as const, createdAt: lately }];
    const invitations = await tx.db.count(InvitationEntity, { merchantId, $or: counted });
    if (team.length + invitations >= merchantRules.teamMax) fail('merchantTeam.full');
    const whom = userId ? { invitedId: userId } : { email: email ?? '' };
    const again = await tx.db.count(InvitationEntity, { merchantId, ...whom, createdAt: lately });
    if (again >= merchantRules.invitationsPerPersonMax) fail('merchantTeam.already_invited');
    const sent = await send(tx, { merchant, invited: whom, role, inviterId: actor.userId });
    if (!sent) return fail('merchantTeam.already_invited');
    const by = profiles.get(actor.userId)?.fullName ?? '';
    if (sent.code && !sent.isKeptAway) await mail(tx, sent.invitation, { code: sent.code, by });
    return sentInvitationView(sent.invitation);
  },
});

/** Whether a block stands between somebody and those who would invite them. */
async function isKeptAway(tx: Tx, userId: UserId, inviterIds: readonly UserId[]): Promise<boolean> {
  return (await blockedAmong(tx.sql, userId, inviterIds)).size > 0;
}

/** Null when this shop has invited this address or person already. */
async function send(
  tx: Tx,
  given: { merchant: Merchant; invited: Invited; role: (typeof invitedRoles)[number]; inviterId: UserId },
): Promise<{ invitation: Invitation; code: string | null; isKeptAway: boolean } | null> {
  const { merchant, invited, role, inviterId } = given;
  const at = await tx.now();
  const { code, codeHash } = 'email' in invited ? newInvitationCode() : { code: null, codeHash: null };
  const holderId =
    'email' in invited ? ((await findByVerifiedEmail(tx.db, invited.email))?.id ?? null) : invited.invitedId;
  // To an address it looks as if it had been sent: a refusal would tell whose the address is.
  const isKept = holderId !== null && (await isKeptAway(tx, holderId, [inviterId, merchant.ownerId]));
  const recipientId = isKept ? null : holderId;
  const invitation = tx.db.create(InvitationEntity, {
    id: newId(),
    merchantId: merchant.id,
    merchantName: merchant.name,
    inviterId,
    email: 'email' in invited ? invited.email : null,
    invitedId: 'email' in invited ? null : invited.invitedId,
    recipientId,
    role,
    codeHash,
    state: 'pending',
    deadline: new Date(at.getTime() + merchantRules.invitationMs),
    version: 1,
    createdAt: at,
    updatedAt: at,
  });
  if (!(await flushUnique(tx.db, 'merchant_invitation_'))) return null;
  if (recipientId)
    tx.emit(invitationChanged, recipientId, { view: invitationView(invitation), change: { kind: 'invited' } });
  return { invitation, code, isKeptAway: isKept };
}

/** The mail goes out whether the address has an account or not. */
async function mail(tx: Tx, invitation: Invitation, { code, by }: { code: string; by: string }): Promise<void> {
  const { id, email, merchantName: merchant, deadline } = invitation;
  const account = await findByVerifiedEmail(tx.db, email ?? '');
  await enqueueMessage(tx, {
    channel: 'email',
    recipient: email ?? '',
    userId: account?.id ?? null,
    locale: account?.locale ?? 'en',
    template: 'merchant.invited',
    params: { merchant, by, code, days: Math.round(merchantRules.invitationMs / 86_400_000) },
    onceKey: `merchant.invited:${id}`,
    expiresAt: deadline,
  });
}
