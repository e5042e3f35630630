import { sql } from 'kysely';
import type { Clock } from '../kernel/clock.ts';
import type { Meta, Sql } from '../kernel/define.ts';
import { networkOf } from '../kernel/network.ts';
import { canonical } from './addresses.ts';
import { keyedHash } from './keyed-hash.ts';
import { spend, type Quota } from './quotas.ts';
import { identityLimits, type IdentityKeys } from './settings.ts';

interface Attempt {
  readonly identifier: string;
  /** Whom it may mean; empty for an identifier that nobody has. */
  readonly userIds: readonly string[];
  readonly meta: Meta;
  readonly keys: IdentityKeys;
}

/**
 * Counts a try to sign in before anything is checked, and says how long to wait where there were too many: few from one
 * network, more from all strangers together. Networks that the person signed in from before are not strangers: there
 * only their own count holds, so that nobody far away can lock them out. Identifiers that nobody has count alike.
 */
export async function claimSignIn(
  db: Sql,
  clock: Clock,
  { identifier, userIds, meta, keys }: Attempt,
): Promise<{ quotaKeys: string[]; retryAfterMs: number | null }> {
  const network = networkOf(meta.ip);
  const { rows: known } = await sql`
    select 1 from known_origin
    where user_id = any(${`{${userIds.join(',')}}`}::uuid[]) and network = ${network} limit 1`.execute(db);
  const whose = keyedHash(keys.attempts, 'sign_in', canonical(identifier));
  const own: Quota = {
    key: `sign_in:${whose}:${keyedHash(keys.attempts, network)}`,
    limit: identityLimits.signInTriesPerNetwork,
    windowMs: identityLimits.signInWindowMs,
  };
  const all: Quota = {
    key: `sign_in:${whose}`,
    limit: identityLimits.signInTriesMax,
    windowMs: identityLimits.signInTriesWindowMs,
  };
  const quotas = known.length > 0 ? [own] : [own, all];
  const refused = await spend(db, clock, quotas);
  return { quotaKeys: quotas.map(({ key }) => key), retryAfterMs: refused?.retryAfterMs ?? null };
}

/** The same for the password of somebody who is signed in already: a stolen session must not find it out. */
export async function claimProof(
  db: Sql,
  clock: Clock,
  userId: string,
): Promise<{ quotaKeys: string[]; retryAfterMs: number | null }> {
  const { proofTriesMax: limit, proofWindowMs: windowMs } = identityLimits;
  const key = `proof:${userId}`;
  const refused = await spend(db, clock, [{ key, limit, windowMs }]);
  return { quotaKeys: [key], retryAfterMs: refused?.retryAfterMs ?? null };
}
