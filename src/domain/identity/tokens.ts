import { createHash, createPrivateKey, createPublicKey, randomBytes } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { z } from 'zod';
import type { Clock } from '../kernel/clock.ts';
import { SessionId, UserId } from '../kernel/ids.ts';
import { definePort } from '../kernel/ports.ts';

export interface AccessClaims {
  readonly userId: UserId;
  readonly sessionId: SessionId;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** Signs and checks access tokens (JWT). */
export interface Tokens {
  readonly accessTtlMs: number;
  readonly refreshTtlMs: number;
  signAccess(claims: { userId: UserId; sessionId: SessionId }): string;
  verifyAccess(token: string): AccessClaims | 'auth.invalid' | 'auth.expired';
}

export const tokensPort = definePort<Tokens>('identity.tokens');

export interface TokenSettings {
  /** HS256 secret, or a PEM private key: RSA signs RS256, P-256 signs ES256. */
  readonly key: { secret: string } | { privateKey: string };
  readonly accessTtlMs: number;
  readonly refreshTtlMs: number;
  readonly clock: Clock;
}

const Claims = z.object({ sub: UserId, sid: SessionId, exp: z.number() });
const issuer = 'soko';

export function createTokens({ key, accessTtlMs, refreshTtlMs, clock }: TokenSettings): Tokens {
  const { algorithm, signKey, verifyKey } = keys(key);
  const nowSeconds = () => Math.floor((Date.now() + clock.offsetMs) / 1000);
  return {
    accessTtlMs,
    refreshTtlMs,
    signAccess({ userId, sessionId }) {
      const iat = nowSeconds();
      const claims = { sub: userId, sid: sessionId, iat, exp: iat + Math.floor(accessTtlMs / 1000), iss: issuer };
      return jwt.sign(claims, signKey, { algorithm });
    },
    verifyAccess(token) {
      try {
        // The algorithm is pinned: a token must not choose how it is checked.
        const checks = { algorithms: [algorithm], issuer, clockTimestamp: nowSeconds() };
        const verified = jwt.verify(token, verifyKey, checks);
        const { sub, sid, exp } = Claims.parse(verified);
        return { userId: sub, sessionId: sid, expiresAt: exp * 1000 };
      } catch (error) {
        return error instanceof jwt.TokenExpiredError ? 'auth.expired' : 'auth.invalid';
      }
    },
  };
}

function keys(key: TokenSettings['key']) {
  if ('secret' in key) return { algorithm: 'HS256', signKey: key.secret, verifyKey: key.secret } as const;
  const signKey = createPrivateKey(key.privateKey);
  const algorithm = signKey.asymmetricKeyType === 'ec' ? 'ES256' : 'RS256';
  return { algorithm, signKey, verifyKey: createPublicKey(signKey) } as const;
}

/** A new opaque refresh token of 256 random bits. Only its hash is stored. */
export function newRefreshToken(): string {
  return randomBytes(32).toString('base64url');
}

export function hashRefreshToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
