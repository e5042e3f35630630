import { createHash, randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { Sql, Tx } from '../kernel/define.ts';
import { enqueueMessage } from '../outbox/index.ts';
import { canonical, type Address, type AddressKind } from './addresses.ts';
import { channelOf } from './alerts.ts';
import type { Account } from './entities.ts';
import { keyedHash } from './keyed-hash.ts';
import { identityLimits, identitySettingsPort } from './settings.ts';

interface ResetRequest {
  readonly identifier: string;
  /** Whose password it is and where the link goes; null where nobody has the identifier. */
  readonly to: { readonly account: Account; readonly address: Address } | null;
  /** An invitation of a new account: its first use also proves the address. */
  readonly isInvite?: boolean;
}

/** Token of 256 random bits, of which only the hash is stored: it needs no key, being impossible to guess. */
function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

/**
 * Writes a link that sets a new password. Older links of the person end. More than three an hour for one identifier are
 * not sent, and nobody is told. Where nobody has the identifier the same statements run, and nothing leaves.
 */
export async function sendResetLink(tx: Tx, { identifier, to, isInvite = false }: ResetRequest): Promise<void> {
  const { keys, resetUrl } = tx.port(identitySettingsPort);
  const identifierKey = keyedHash(keys.codes, 'reset', canonical(identifier));
  await sql`select pg_advisory_xact_lock(hashtextextended(${identifierKey}, 0))`.execute(tx.sql);
  const now = await tx.now();
  const { resetTtlMs, inviteTtlMs, resetsMax, resetsWindowMs, dayMs } = identityLimits;
  const since = new Date(now.getTime() - resetsWindowMs).toISOString();
  const { rows: sent } = await sql`
    select 1 from password_reset
    where identifier_key = ${identifierKey} and created_at > ${since}::timestamptz limit ${resetsMax}`.execute(tx.sql);
  if (sent.length >= resetsMax) return;
  const token = randomBytes(32).toString('base64url');
  const ttlMs = isInvite ? inviteTtlMs : resetTtlMs;
  const expiresAt = new Date(now.getTime() + ttlMs);
  const at = now.toISOString();
  await endResets(tx, to?.account.id ?? null);
  await sql`
    insert into password_reset (token_hash, identifier_key, user_id, proves, created_at, expires_at)
    values (${hashToken(token)}, ${identifierKey}, ${to?.account.id ?? null},
      ${isInvite ? (to?.address.kind ?? null) : null}, ${at}::timestamptz,
      ${expiresAt.toISOString()}::timestamptz)`.execute(tx.sql);
  const link = to ? `${resetUrl}#token=${token}` : '';
  const text = isInvite
    ? ({ template: 'account.invited', params: { link, days: ttlMs / dayMs } } as const)
    : ({ template: 'password.reset', params: { link, minutes: ttlMs / 60_000 } } as const);
  await enqueueMessage(tx, {
    channel: to ? channelOf(to.address) : 'email',
    recipient: to?.address.value ?? '',
    userId: to?.account.id ?? null,
    locale: to?.account.locale ?? 'en',
    ...text,
    onceKey: `reset:${hashToken(token)}`,
    expiresAt: to ? expiresAt : now,
  });
}

/** Links that were not used yet open nothing any more. */
export async function endResets(tx: Tx, userId: string | null): Promise<void> {
  const at = (await tx.now()).toISOString();
  await sql`
    update password_reset set used_at = ${at}::timestamptz
    where user_id = ${userId}::uuid and used_at is null`.execute(tx.sql);
}

export interface OpenReset {
  readonly userId: string;
  readonly proves: AddressKind | null;
}

/** What a token opens now, or null. `lock` has others who use it at the same time wait. */
export async function openReset(
  db: Sql,
  token: string,
  { now, lock }: { now: Date; lock: boolean },
): Promise<OpenReset | null> {
  const { rows } = await sql<OpenReset>`
    select user_id as "userId", proves from password_reset
    where token_hash = ${hashToken(token)} and used_at is null and user_id is not null
      and expires_at >= ${now.toISOString()}::timestamptz ${lock ? sql`for update` : sql``}`.execute(db);
  return rows[0] ?? null;
}
