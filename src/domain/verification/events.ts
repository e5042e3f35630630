import { z } from 'zod';
import { defineEvent } from '../kernel/define.ts';
import { VerificationView } from './views.ts';

const VerificationChange = z.object({
  kind: z.enum([
    'submitted',
    'in_review',
    'approved',
    'rejected',
    'expiring',
    'expired',
    'revoked',
    'superseded',
    'documents_deleted',
  ]),
});
export type VerificationChangeKind = z.infer<typeof VerificationChange>['kind'];

const noticed: ReadonlySet<VerificationChangeKind> = new Set([
  'approved',
  'rejected',
  'expiring',
  'expired',
  'revoked',
]);

export const verificationChanged = defineEvent({
  type: 'verification.changed',
  entity: 'verification',
  view: VerificationView,
  change: VerificationChange,
  notice({ view, change }) {
    if (!change || !noticed.has(change.kind)) return null;
    return {
      topic: 'account',
      template: `verification.${change.kind}`,
      params: { kind: view.kind, reason: view.reason ?? '', expiresOn: view.expiresOn ?? '' },
      about: { entity: 'verification', id: view.id },
    };
  },
});
