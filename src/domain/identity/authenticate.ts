import type { UserActor } from '../kernel/actor.ts';
import type { Db } from '../kernel/define.ts';
import { AccountEntity, SessionEntity } from './entities.ts';
import type { Tokens } from './tokens.ts';

export type AuthFailure = 'auth.invalid' | 'auth.expired' | 'auth.revoked' | 'auth.suspended';

/** Turns an access token into an actor: signature and expiry, then the session and the account as they are now. */
export async function authenticate(db: Db, tokens: Tokens, token: string): Promise<UserActor | AuthFailure> {
  const claims = tokens.verifyAccess(token);
  if (typeof claims === 'string') return claims;
  const { userId, sessionId, expiresAt: tokenExpiresAt } = claims;
  const [session, account] = await Promise.all([
    db.fork().findOne(SessionEntity, { id: sessionId, userId }),
    db.fork().findOne(AccountEntity, { id: userId }),
  ]);
  if (!session || !account) return 'auth.invalid';
  if (session.revokedAt) return 'auth.revoked';
  if (account.suspendedAt) return 'auth.suspended';
  return { kind: 'user', userId, sessionId, roles: account.roles, tokenExpiresAt };
}
