import { createHash, randomBytes } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { z } from 'zod';
import type { Clock } from '../kernel/clock.ts';
import { SessionId, UserId } from '../kernel/ids.ts';
import { definePort } from '../kernel/ports.ts';
import { publicKeySet, readKeyRing, type KeySettings, type TokenKey } from './signing-keys.ts';

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
  /** How long after it was opened a session ends, however often it is refreshed. */
  readonly sessionMaxAgeMs: number;
  /** The token ends with its session, at `notAfter`, where that is sooner. */
  signAccess(claims: { userId: UserId; sessionId: SessionId; notAfter?: Date }): string;
  verifyAccess(token: string): AccessClaims | 'auth.invalid' | 'auth.expired';
  /** The public keys as a JWK set, for others who check our tokens; empty where a secret signs. */
  readonly keySet: { readonly keys: readonly object[] };
}

export const tokensPort = definePort<Tokens>('identity.tokens');

export interface TokenSettings {
  /** A secret signs HS256, an RSA key RS256, a key on P-256 ES256. */
  readonly key: KeySettings;
  /** Who issues the tokens, and for whom; `soko` where nothing is given. */
  readonly issuer?: string;
  readonly audience?: string;
  readonly accessTtlMs: number;
  readonly refreshTtlMs: number;
  /** Default 90 days. */
  readonly sessionMaxAgeMs?: number;
  readonly clock: Clock;
}

const Claims = z.object({ sub: UserId, sid: SessionId, iat: z.int().min(0), exp: z.int().min(0), aud: z.string() });
/** RFC 9068: an access token, and no other kind of JWT that a key of ours may ever sign. */
const type = 'at+jwt';
/** Ours have 300 to 700 characters. Longer ones are not looked at. */
const tokenMaxChars = 4_096;
/** What the clocks of our nodes may differ by: an expired token is good for so much longer. */
const clockToleranceSeconds = 5;
const sessionMaxAgeMs = 90 * 86_400_000;

/** Throws a `KeyError` for keys that are too weak or of the wrong kind. */
export function createTokens(settings: TokenSettings): Tokens {
  const { key, issuer = 'soko', audience = 'soko', accessTtlMs, refreshTtlMs, clock } = settings;
  const ring = readKeyRing(key);
  const { signKey, ...signing } = ring.signing;
  const keysByHeader = groupByHeader(ring.verifying);
  const nowSeconds = () => Math.floor((Date.now() + clock.offsetMs) / 1000);

  function verifyWith({ verifyKey, algorithm }: TokenKey, token: string): ReturnType<Tokens['verifyAccess']> {
    try {
      const checks = { algorithms: [algorithm], issuer, audience, clockTimestamp: nowSeconds() };
      const verified = jwt.verify(token, verifyKey, { ...checks, clockTolerance: clockToleranceSeconds });
      const { sub, sid, exp } = Claims.parse(verified);
      return { userId: sub, sessionId: sid, expiresAt: exp * 1000 };
    } catch (error) {
      return error instanceof jwt.TokenExpiredError ? 'auth.expired' : 'auth.invalid';
    }
  }

  return {
    accessTtlMs,
    refreshTtlMs,
    sessionMaxAgeMs: settings.sessionMaxAgeMs ?? sessionMaxAgeMs,
    keySet: publicKeySet(ring),
    signAccess({ userId, sessionId, notAfter }) {
      const iat = nowSeconds();
      const latest = notAfter ? Math.floor(notAfter.getTime() / 1000) : Infinity;
      const exp = Math.min(iat + Math.floor(accessTtlMs / 1000), latest);
      const claims = { iss: issuer, aud: audience, sub: userId, sid: sessionId, iat, exp };
      return jwt.sign(claims, signKey, { algorithm: signing.algorithm, header: headerOf(signing) });
    },
    verifyAccess(token) {
      if (token.length > tokenMaxChars || !isCanonical(token)) return 'auth.invalid';
      // A header that we would not write ourselves names no key of ours: it can choose neither algorithm nor key.
      for (const candidate of keysByHeader.get(token.slice(0, token.indexOf('.'))) ?? []) {
        const verdict = verifyWith(candidate, token);
        if (verdict !== 'auth.invalid') return verdict;
      }
      return 'auth.invalid';
    },
  };
}

/** The keys by the encoded header of the tokens that they sign. Secrets have no name and share one. */
function groupByHeader(keys: readonly TokenKey[]): Map<string, TokenKey[]> {
  return Map.groupBy(keys, (key) => Buffer.from(JSON.stringify(headerOf(key))).toString('base64url'));
}

function headerOf({ algorithm, keyId }: Omit<TokenKey, 'verifyKey'>) {
  return { alg: algorithm, typ: type, ...(keyId === null ? {} : { kid: keyId }) };
}

/** Three parts in base64url, each written as an encoder writes it: unused bits at a part's end must not vary. */
function isCanonical(token: string): boolean {
  const parts = token.split('.', 4);
  return parts.length === 3 && parts.every((part) => part !== '' && encodedAgain(part) === part);
}

function encodedAgain(part: string): string {
  return Buffer.from(part, 'base64url').toString('base64url');
}

/** A new opaque refresh token of 256 random bits. Only its hash is stored. */
export function newRefreshToken(): string {
  return randomBytes(32).toString('base64url');
}

export function hashRefreshToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
