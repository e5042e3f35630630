import type { z } from 'zod';
import type { Meta, Tx } from '../kernel/define.ts';
import { newId } from '../kernel/ids.ts';
import { RefreshTokenEntity, SessionEntity, type Account, type Session } from './entities.ts';
import { hashRefreshToken, newRefreshToken, tokensPort } from './tokens.ts';
import { ownUserView, type SignedInView } from './views.ts';

/** Opens a session for an account and answers as every kind of sign-in does. */
export async function openSession(tx: Tx, account: Account, meta: Meta): Promise<z.input<typeof SignedInView>> {
  const now = await tx.now();
  const session = tx.db.create(SessionEntity, {
    id: newId(),
    userId: account.id,
    userAgent: meta.userAgent ?? null,
    ip: meta.ip,
    createdAt: now,
    refreshedAt: now,
    expiresAt: new Date(now.getTime() + tx.port(tokensPort).refreshTtlMs),
    revokedAt: null,
  });
  account.lastLoginAt = now;
  return { user: ownUserView(account), tokens: await issueTokens(tx, session) };
}

/** Rotates: a new refresh token of the session and a new access token. */
export async function issueTokens(tx: Tx, session: Session): Promise<z.input<typeof SignedInView>['tokens']> {
  const tokens = tx.port(tokensPort);
  const refreshToken = newRefreshToken();
  const now = await tx.now();
  tx.db.create(RefreshTokenEntity, {
    hash: hashRefreshToken(refreshToken),
    sessionId: session.id,
    createdAt: now,
    usedAt: null,
  });
  return {
    accessToken: tokens.signAccess({ userId: session.userId, sessionId: session.id }),
    refreshToken,
    tokenType: 'Bearer',
    expiresIn: Math.floor(tokens.accessTtlMs / 1000),
  };
}

/** Revokes a session and closes its sockets on every node after commit. */
export async function revokeSession(tx: Tx, session: Session, reason: string): Promise<void> {
  session.revokedAt ??= await tx.now();
  tx.evict({ sessionId: session.id, reason });
}
