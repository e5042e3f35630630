import { z } from 'zod';
import { PublicUserView } from '../identity/index.ts';
import { UserId } from '../kernel/ids.ts';
import { orNull } from '../kernel/or-null.ts';
import { iso, Timestamp } from '../kernel/timestamp.ts';
import {
  ApplicationId,
  InvitationId,
  MerchantId,
  type Application,
  type Invitation,
  type Member,
  type Merchant,
} from './entities.ts';
import { applicationMachine, invitationMachine, merchantMachine } from './machine.ts';
import { invitedRoles, mayClose, mayEdit, teamRoles, type TeamRole } from './policy.ts';

/** A shop as anyone may see it. */
export const PublicMerchantView = z.object({
  id: MerchantId,
  version: z.int(),
  slug: z.string(),
  name: z.string(),
  description: z.string(),
  category: orNull(z.string()),
  sellerId: UserId.describe('Whose listings and orders are the shop’s.'),
  createdAt: Timestamp,
});

/** A shop as a member of its team sees it. */
export const MerchantView = PublicMerchantView.extend({
  /** Set when the viewer is in the team no more. */
  deleted: z.literal(true).optional(),
  contactEmail: orNull(z.string()),
  contactPhone: orNull(z.string()),
  address: orNull(z.string()),
  state: z.enum(merchantMachine.states),
  reason: orNull(z.string()).describe('Why it is suspended.'),
  role: z.enum(teamRoles).describe('The viewer’s own.'),
  team: z.array(z.object({ userId: UserId, role: z.enum(teamRoles) })),
  allowedActions: z.array(z.string()),
});

const applied = {
  name: z.string(),
  slug: z.string(),
  description: z.string(),
  category: orNull(z.string()),
  contactEmail: z.string(),
  contactPhone: orNull(z.string()),
  address: orNull(z.string()),
};

/** An application as the applicant sees it. */
export const ApplicationView = z.object({
  id: ApplicationId,
  version: z.int(),
  /** Set when a newer application takes its place. */
  deleted: z.literal(true).optional(),
  ...applied,
  state: z.enum(applicationMachine.states),
  reason: orNull(z.string()),
  merchantId: orNull(MerchantId),
  submittedAt: Timestamp,
  decidedAt: orNull(Timestamp),
  allowedActions: z.array(z.string()),
});

/** An application as reviewers see it. */
export const ApplicationReview = ApplicationView.omit({ deleted: true }).extend({
  user: PublicUserView,
  claim: orNull(z.object({ reviewerId: UserId, until: Timestamp })),
});

/** An invitation as the invited person sees it. */
export const InvitationView = z.object({
  id: InvitationId,
  version: z.int(),
  /** Set once it is answered, taken back or expired. */
  deleted: z.literal(true).optional(),
  merchantId: MerchantId,
  merchantName: z.string(),
  role: z.enum(invitedRoles),
  state: z.enum(invitationMachine.states),
  deadline: Timestamp,
  createdAt: Timestamp,
  allowedActions: z.array(z.string()),
});

/** An invitation as the team sees it: whom they wrote to, never which account that is. */
export const SentInvitationView = z.object({
  id: InvitationId,
  version: z.int(),
  email: orNull(z.string()),
  userId: orNull(UserId),
  role: z.enum(invitedRoles),
  state: z.enum(invitationMachine.states),
  deadline: Timestamp,
  createdAt: Timestamp,
});

export function publicMerchantView(merchant: Merchant): z.input<typeof PublicMerchantView> {
  const { id, version, slug, name, description, category, ownerId, createdAt } = merchant;
  return { id, version, slug, name, description, category, sellerId: ownerId, createdAt: iso(createdAt) };
}

export function merchantView(
  merchant: Merchant,
  { role, team }: { role: TeamRole; team: readonly Member[] },
): z.input<typeof MerchantView> {
  const { contactEmail, contactPhone, address, state, reason, moderationReason } = merchant;
  return {
    ...publicMerchantView(merchant),
    contactEmail,
    contactPhone,
    address,
    state,
    reason: reason ?? moderationReason,
    role,
    team: team.map((member) => ({ userId: member.userId, role: member.role })),
    allowedActions: teamActions(merchant, role),
  };
}

function teamActions({ state }: Merchant, role: TeamRole): string[] {
  if (state === 'closed') return [];
  const running = state === 'active';
  return [
    ...(running && mayEdit(role) ? ['merchants.update', 'merchantTeam.invite', 'merchantTeam.revoke'] : []),
    ...(mayEdit(role) ? ['merchantTeam.remove'] : []),
    ...(mayClose(role) ? ['merchantTeam.setRole'] : ['merchantTeam.leave']),
    ...(running && mayClose(role) ? ['merchantTeam.transfer', 'merchants.close'] : []),
  ];
}

export function applicationView(application: Application): z.input<typeof ApplicationView> {
  const { id, version, name, slug, description, category, contactEmail, contactPhone, address } = application;
  const { state, reason, merchantId, submittedAt, decidedAt, superseded } = application;
  return {
    id,
    version,
    name,
    slug,
    description,
    category,
    contactEmail,
    contactPhone,
    address,
    state,
    reason,
    merchantId,
    submittedAt: iso(submittedAt),
    decidedAt: iso(decidedAt),
    allowedActions: state === 'rejected' ? ['merchants.apply'] : [],
    ...(superseded ? { deleted: true as const } : {}),
  };
}

export function applicationReview(
  application: Application,
  { user, now }: { user: z.input<typeof PublicUserView>; now: Date },
): z.input<typeof ApplicationReview> {
  const { deleted: _, ...view } = applicationView(application);
  const { state, reviewerId, claimedUntil } = application;
  const claimed = reviewerId && claimedUntil && claimedUntil > now;
  const waiting = state === 'submitted' || state === 'in_review';
  return {
    ...view,
    user,
    claim: claimed ? { reviewerId, until: iso(claimedUntil) } : null,
    allowedActions: waiting ? [claimed ? 'merchants.reviewApplication' : 'merchants.claimApplication'] : [],
  };
}

export function invitationView(invitation: Invitation): z.input<typeof InvitationView> {
  const { id, version, merchantId, merchantName, role, state, deadline, createdAt } = invitation;
  const view = {
    id,
    version,
    merchantId,
    merchantName,
    role,
    state,
    deadline: iso(deadline),
    createdAt: iso(createdAt),
  };
  if (state !== 'pending') return { ...view, allowedActions: [], deleted: true };
  return { ...view, allowedActions: ['merchantTeam.accept', 'merchantTeam.decline'] };
}

export function sentInvitationView(invitation: Invitation): z.input<typeof SentInvitationView> {
  const { id, version, email, invitedId, role, state, deadline, createdAt } = invitation;
  return { id, version, email, userId: invitedId, role, state, deadline: iso(deadline), createdAt: iso(createdAt) };
}
