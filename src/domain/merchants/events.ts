import { z } from 'zod';
import { defineEvent } from '../kernel/define.ts';
import { ApplicationView, InvitationView, MerchantView } from './views.ts';

const MerchantChange = z.object({
  kind: z.enum(['opened', 'updated', 'team', 'joined', 'removed', 'suspended', 'reinstated', 'transferred', 'closed']),
});
export type MerchantChangeKind = z.infer<typeof MerchantChange>['kind'];

const noticedChanges: ReadonlySet<MerchantChangeKind> = new Set(['removed', 'suspended', 'reinstated', 'transferred']);

/** To every member of the team, each with their own view; to whoever is in it no more, marked as deleted. */
export const merchantChanged = defineEvent({
  type: 'merchant.changed',
  entity: 'merchant',
  view: MerchantView,
  change: MerchantChange,
  notice({ view, change }) {
    if (!change || !noticedChanges.has(change.kind)) return null;
    return {
      topic: 'account',
      template: `merchant.${change.kind}`,
      params: { merchant: view.name, reason: view.reason ?? '' },
      about: { entity: 'merchant', id: view.id },
    };
  },
});

export const applicationChanged = defineEvent({
  type: 'application.changed',
  entity: 'merchant_application',
  view: ApplicationView,
  change: z.object({ kind: z.enum(['submitted', 'in_review', 'approved', 'rejected', 'superseded']) }),
  notice({ view, change }) {
    if (change?.kind !== 'approved' && change?.kind !== 'rejected') return null;
    return {
      topic: 'account',
      template: `application.${change.kind}`,
      params: { merchant: view.name, reason: view.reason ?? '' },
      about: { entity: 'merchant_application', id: view.id },
    };
  },
});

export const invitationChanged = defineEvent({
  type: 'invitation.changed',
  entity: 'merchant_invitation',
  view: InvitationView,
  change: z.object({ kind: z.enum(['invited', 'accepted', 'declined', 'revoked', 'expired']) }),
  notice({ view, change }) {
    if (change?.kind !== 'invited') return null;
    return {
      topic: 'account',
      template: 'invitation.invited',
      params: { merchant: view.merchantName, role: view.role },
      about: { entity: 'merchant_invitation', id: view.id },
    };
  },
});
