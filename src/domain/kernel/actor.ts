import type { SessionId, UserId } from './ids.ts';

/** Roles a person may hold beside being a user. Owning a listing or a stream is a relation, not a role. */
export const roles = ['merchant', 'hub', 'moderator', 'analyst', 'admin'] as const;
export type Role = (typeof roles)[number];

export interface GuestActor {
  readonly kind: 'guest';
  /** Peer address; guests are rate limited by it. */
  readonly ip: string;
}

export interface UserActor {
  readonly kind: 'user';
  readonly userId: UserId;
  readonly sessionId: SessionId;
  readonly roles: readonly Role[];
  /** Expiry of the access token, milliseconds since the epoch. */
  readonly tokenExpiresAt: number;
}

export interface SystemActor {
  readonly kind: 'system';
  /** The job or webhook that acts. */
  readonly cause: string;
}

export type Actor = GuestActor | UserActor | SystemActor;

/** Who may call: anyone, any signed-in user, a role (admins may always), or only jobs and webhooks. */
export type Access = 'guest' | 'user' | 'system' | Role;

export type ActorOf<A extends Access> = A extends 'guest' ? Actor : A extends 'system' ? SystemActor : UserActor;
