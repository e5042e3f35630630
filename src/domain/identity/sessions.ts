import type { z } from 'zod';
import type { Meta, Tx } from '../kernel/define.ts';
import { newId } from '../kernel/ids.ts';
import { networkOf } from '../kernel/network.ts';
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
    generation: 0,
    refreshedIp: null,
    refreshedUserAgent: null,
  });
  account.lastLoginAt = now;
  return { user: ownUserView(account), tokens: await issueTokens(tx, session) };
}

type IssuedTokens = z.input<typeof SignedInView>['tokens'];

/** Rotates: begins a generation of refresh tokens. Those before it are over, but for a repeat of the last one. */
export async function rotateTokens(tx: Tx, session: Session, { ip, userAgent }: Meta): Promise<IssuedTokens> {
  const now = await tx.now();
  session.generation += 1;
  session.refreshedAt = now;
  session.refreshedIp = ip;
  session.refreshedUserAgent = userAgent ?? null;
  session.expiresAt = new Date(now.getTime() + tx.port(tokensPort).refreshTtlMs);
  return issueTokens(tx, session);
}

/** How long a client that did not get the answer may ask again. */
const repeatWithinMs = 60_000;

/**
 * Whether a request asks again for what the session gave `since`: soon after it, and from the browser or app, or else
 * from the network, that it was last given to. A phone that changes networks keeps its user agent.
 */
export async function isRepeat(
  tx: Tx,
  { session, since }: { session: Session; since: Date },
  { ip, userAgent }: Meta,
): Promise<boolean> {
  if ((await tx.now()).getTime() - since.getTime() > repeatWithinMs) return false;
  const lastAgent = session.refreshedIp === null ? session.userAgent : session.refreshedUserAgent;
  if (userAgent !== undefined && userAgent === lastAgent) return true;
  return networkOf(ip) === networkOf(session.refreshedIp ?? session.ip);
}

/** A refresh token of the session's newest generation and an access token. */
export async function issueTokens(tx: Tx, session: Session): Promise<IssuedTokens> {
  const tokens = tx.port(tokensPort);
  const refreshToken = newRefreshToken();
  const now = await tx.now();
  tx.db.create(RefreshTokenEntity, {
    hash: hashRefreshToken(refreshToken),
    sessionId: session.id,
    createdAt: now,
    usedAt: null,
    generation: session.generation,
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
