import { defineMachine } from '../kernel/machine.ts';

/** A draft lasts no longer than `merchants.apply`. A claim that ran out lets the next reviewer claim it again. */
export const applicationMachine = defineMachine({
  name: 'merchant_application',
  initial: 'draft',
  states: ['draft', 'submitted', 'in_review', 'approved', 'rejected'],
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
  },
});
export type ApplicationState = (typeof applicationMachine)['states'][number];

/** Suspending is what revoking an approval is for papers, and can be taken back. */
export const merchantMachine = defineMachine({
  name: 'merchant',
  initial: 'active',
  states: ['active', 'suspended', 'closed'],
  moves: {
    suspend: [
      { from: 'active', by: 'admin', to: 'suspended' },
      { from: 'active', by: 'moderator', to: 'suspended' },
    ],
    // Once nothing keeps it suspended any more; an end that moderators set comes by itself.
    reinstate: [
      { from: 'suspended', by: 'admin', to: 'active' },
      { from: 'suspended', by: 'system', to: 'active' },
    ],
    close: [
      { from: 'active', by: 'owner', to: 'closed' },
      // With the owner's account.
      { from: 'active', by: 'system', to: 'closed' },
      { from: 'suspended', by: 'system', to: 'closed' },
    ],
  },
});
export type MerchantState = (typeof merchantMachine)['states'][number];

export const invitationMachine = defineMachine({
  name: 'merchant_invitation',
  initial: 'pending',
  states: ['pending', 'accepted', 'declined', 'revoked', 'expired'],
  moves: {
    accept: [{ from: 'pending', by: 'invited', to: 'accepted' }],
    decline: [{ from: 'pending', by: 'invited', to: 'declined' }],
    revoke: [
      { from: 'pending', by: 'team', to: 'revoked' },
      // The shop was closed.
      { from: 'pending', by: 'system', to: 'revoked' },
    ],
    expire: [{ from: 'pending', by: 'system', to: 'expired' }],
  },
});
export type InvitationState = (typeof invitationMachine)['states'][number];
