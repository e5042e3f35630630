import { z } from 'zod';
import { grantRole, userChanged, withdrawRole } from '../../identity/index.ts';
import { isUniqueViolation } from '../../kernel/database-errors.ts';
import { defineCommand, type Tx } from '../../kernel/define.ts';
import { UserId } from '../../kernel/ids.ts';
import { MerchantId, type Member, type Merchant } from '../entities.ts';
import { merchantChanged } from '../events.ts';
import { invitedRoles, mayRemove, maySetRole, mayTransfer } from '../policy.ts';
import { dismiss, lockOwnMerchant, teamOf, tellTeam } from '../team.ts';
import { MerchantView, merchantView } from '../views.ts';

const shared = { access: 'user', ratePerMinute: 30, emits: [merchantChanged] } as const;
const who = { merchantId: MerchantId, userId: UserId };

export const removeMember = defineCommand({
  ...shared,
  name: 'merchantTeam.remove',
  summary: 'Put somebody out of the team, at once and on their open sockets too. Managers remove staff.',
  input: z.strictObject(who),
  output: MerchantView,
  errors: ['merchants.not_found', 'merchantTeam.not_member'],
  async run({ input: { merchantId, userId }, actor, tx, fail }) {
    const { merchant, team, self } = await lockOwnMerchant({ tx, userId: actor.userId, fail }, merchantId);
    const member = team.find((each) => each.userId === userId);
    if (!member) return fail('merchantTeam.not_member');
    if (!mayRemove(self.role, member.role)) fail('auth.forbidden');
    return part(tx, { merchant, member, self, kind: 'removed' });
  },
});

export const leaveTeam = defineCommand({
  ...shared,
  name: 'merchantTeam.leave',
  summary: 'Leave a team. An owner hands the shop over or closes it instead.',
  input: z.strictObject({ merchantId: MerchantId }),
  output: z.object({ merchantId: MerchantId }),
  errors: ['merchants.not_found', 'merchantTeam.owner_stays'],
  async run({ input: { merchantId }, actor, tx, fail }) {
    const { merchant, self } = await lockOwnMerchant({ tx, userId: actor.userId, fail }, merchantId);
    if (self.role === 'owner') fail('merchantTeam.owner_stays');
    await part(tx, { merchant, member: self, self, kind: 'team' });
    return { merchantId };
  },
});

/** The one who goes hears of it with the version that the others get. */
async function part(
  tx: Tx,
  { merchant, member, self, kind }: { merchant: Merchant; member: Member; self: Member; kind: 'removed' | 'team' },
): Promise<z.input<typeof MerchantView>> {
  const next = { ...merchant, version: merchant.version + 1 } as Merchant;
  await dismiss(tx, next, { members: [member], kind });
  await tellTeam(tx, merchant, 'team');
  return merchantView(merchant, { role: self.role, team: await teamOf(tx.db, merchant.id) });
}

export const setMemberRole = defineCommand({
  ...shared,
  name: 'merchantTeam.setRole',
  summary: 'As the owner, make a member manager or staff.',
  input: z.strictObject({ ...who, role: z.enum(invitedRoles) }),
  output: MerchantView,
  errors: ['merchants.not_found', 'merchantTeam.not_member'],
  async run({ input: { merchantId, userId, role }, actor, tx, fail }) {
    const { merchant, team, self } = await lockOwnMerchant({ tx, userId: actor.userId, fail }, merchantId);
    const member = team.find((each) => each.userId === userId);
    if (!member) return fail('merchantTeam.not_member');
    if (!maySetRole(self.role, member.role)) fail('auth.forbidden');
    member.role = role;
    await tellTeam(tx, merchant, 'team');
    return merchantView(merchant, { role: self.role, team });
  },
});

export const transferMerchant = defineCommand({
  ...shared,
  name: 'merchantTeam.transfer',
  access: 'merchant',
  summary: 'Hand your shop over to a member, and stay as a manager. What you listed and sold so far stays yours.',
  input: z.strictObject(who),
  output: MerchantView,
  errors: ['merchants.not_found', 'merchants.suspended', 'merchantTeam.not_member', 'merchants.already_owner'],
  emits: [merchantChanged, userChanged],
  async run({ input: { merchantId, userId }, actor, tx, fail }) {
    const { merchant, team, self } = await lockOwnMerchant({ tx, userId: actor.userId, fail }, merchantId);
    if (!mayTransfer(self.role)) fail('auth.forbidden');
    // Handing it over must not be a way out of a suspension.
    if (merchant.state === 'suspended') fail('merchants.suspended');
    const heir = team.find((each) => each.userId === userId && each.role !== 'owner');
    if (!heir) return fail('merchantTeam.not_member');
    self.role = 'manager';
    await tx.db.flush();
    heir.role = 'owner';
    merchant.ownerId = heir.userId;
    try {
      await tellTeam(tx, merchant, 'transferred');
    } catch (error) {
      if (isUniqueViolation(error, 'merchant_owner')) fail('merchants.already_owner');
      throw error;
    }
    await withdrawRole(tx, self.userId, 'merchant');
    await grantRole(tx, heir.userId, 'merchant');
    return merchantView(merchant, { role: self.role, team: await teamOf(tx.db, merchant.id) });
  },
});
