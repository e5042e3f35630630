import { defineMachine } from '../kernel/machine.ts';

/**
 * A draft lasts no longer than `verification.submit`: papers are handed in whole. A claim that ran out leaves the state
 * as it is, and lets the next reviewer claim it again.
 */
export const verificationMachine = defineMachine({
  name: 'verification',
  initial: 'draft',
  states: ['draft', 'submitted', 'in_review', 'approved', 'rejected', 'expired', 'revoked'],
  moves: {
    submit: [
      { from: 'draft', by: 'owner', to: 'submitted' },
      { from: 'rejected', by: 'owner', to: 'submitted' },
    ],
    claim: [
      { from: 'submitted', by: 'reviewer', to: 'in_review' },
      { from: 'in_review', by: 'reviewer', to: 'in_review' },
    ],
    approve: [{ from: 'in_review', by: 'reviewer', to: 'approved' }],
    reject: [{ from: 'in_review', by: 'reviewer', to: 'rejected' }],
    revoke: [{ from: 'approved', by: 'reviewer', to: 'revoked' }],
    expire: [{ from: 'approved', by: 'system', to: 'expired' }],
  },
});

export type VerificationState = (typeof verificationMachine)['states'][number];
