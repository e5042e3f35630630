import { z } from 'zod';
import { publicProfiles, PublicUserView } from '../../identity/index.ts';
import { defineQuery } from '../../kernel/define.ts';
import { assert } from '../../kernel/errors.ts';
import { iso, Timestamp } from '../../kernel/timestamp.ts';
import { InvitationEntity, MerchantEntity, MerchantId } from '../entities.ts';
import { mayRevokeInvitation, teamRoles } from '../policy.ts';
import { merchantRules } from '../rules.ts';
import { teamOf } from '../team.ts';
import { SentInvitationView, sentInvitationView } from '../views.ts';

export const listTeam = defineQuery({
  name: 'merchantTeam.list',
  access: 'user',
  current: true,
  summary: 'The team of a shop that you work for, and, for its owner and managers, whom it has invited.',
  input: z.strictObject({ merchantId: MerchantId }),
  output: z.object({
    members: z.array(z.object({ user: PublicUserView, role: z.enum(teamRoles), joinedAt: Timestamp })),
    invitations: z.array(SentInvitationView),
  }),
  errors: ['merchants.not_found'],
  async run({ input: { merchantId }, actor, db, now, fail }) {
    const team = await teamOf(db, merchantId);
    const self = team.find(({ userId }) => userId === actor.userId);
    const isThere = self && (await db.count(MerchantEntity, { id: merchantId, state: { $ne: 'closed' } })) > 0;
    if (!isThere) return fail('merchants.not_found');
    const people = await publicProfiles(
      db,
      team.map(({ userId }) => userId),
    );
    const open = { merchantId, state: 'pending', deadline: { $gt: await now() } } as const;
    const invitations = mayRevokeInvitation(self.role)
      ? await db.find(InvitationEntity, open, { orderBy: { id: 'asc' }, limit: merchantRules.teamMax })
      : [];
    return {
      members: team.map(({ userId, role, joinedAt }) => {
        const user = people.get(userId);
        assert(user, `member ${userId} has an account`);
        return { user, role, joinedAt: iso(joinedAt) };
      }),
      invitations: invitations.map(sentInvitationView),
    };
  },
});
