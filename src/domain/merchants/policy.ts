import type { MerchantState } from './machine.ts';

export const teamRoles = ['owner', 'manager', 'staff'] as const;
export type TeamRole = (typeof teamRoles)[number];
/** What people are invited to be. */
export const invitedRoles = ['manager', 'staff'] as const;

const rank: Readonly<Record<TeamRole, number>> = { owner: 3, manager: 2, staff: 1 };

/** Managers bring in staff; only the owner makes managers. */
export const mayInvite = (role: TeamRole, as: TeamRole) => role !== 'staff' && rank[role] > rank[as];
export const mayRevokeInvitation = (role: TeamRole) => role !== 'staff';
export const mayRemove = (role: TeamRole, other: TeamRole) => role !== 'staff' && rank[role] > rank[other];
export const maySetRole = (role: TeamRole, other: TeamRole) => role === 'owner' && other !== 'owner';
export const mayTransfer = (role: TeamRole) => role === 'owner';
export const mayClose = (role: TeamRole) => role === 'owner';
export const mayEdit = (role: TeamRole) => role !== 'staff';

/** What somebody does in a shop's name. */
export type Work = 'listings' | 'offers' | 'orders' | 'figures';

/** Who may do it. */
export const workers: Readonly<Record<Work, readonly TeamRole[]>> = {
  listings: ['owner', 'manager'],
  offers: ['owner', 'manager'],
  orders: ['owner', 'manager', 'staff'],
  figures: ['owner', 'manager'],
};

/** A suspended shop sells nothing more, but what was bought from it is still handed over. */
export const workingStates: Readonly<Record<Work, readonly MerchantState[]>> = {
  listings: ['active'],
  offers: ['active'],
  orders: ['active', 'suspended'],
  figures: ['active', 'suspended'],
};
