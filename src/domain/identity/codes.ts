import { randomInt } from 'node:crypto';
import { sql } from 'kysely';
import type { Tx } from '../kernel/define.ts';
import type { UserId } from '../kernel/ids.ts';
import { enqueueMessage, type Locale } from '../outbox/index.ts';
import { canonical, type Address } from './addresses.ts';
import { channelOf } from './alerts.ts';
import { hashesEqual, keyedHash } from './keyed-hash.ts';
import { identityLimits, identitySettingsPort } from './settings.ts';

/** What a code is for; one for signing in proves nothing else. */
export type CodePurpose = 'sign_in' | 'verify' | 'delete_account';

export interface CodeRequest {
  readonly address: Address;
  readonly purpose: CodePurpose;
  /** Whose session asks; null for a guest. A code is good for whoever asked for it. */
  readonly userId: UserId | null;
}

/** Codes of one address are sent and tried one after another, whoever asks. */
async function lockAddress(tx: Tx, { kind, value }: Address): Promise<string> {
  const key = keyedHash(tx.port(identitySettingsPort).keys.codes, 'address', kind, canonical(value));
  await sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`.execute(tx.sql);
  return key;
}

function hashOf(tx: Tx, addressKey: string, code: string): string {
  return keyedHash(tx.port(identitySettingsPort).keys.codes, 'code', addressKey, code);
}

/**
 * Makes a code and writes it to the address, or says how long to wait where three were sent within the hour. Without a
 * reader (`to` is null) everything happens alike but for the message, which is written expired and to nobody.
 */
export async function sendCode(
  tx: Tx,
  { address, purpose, userId }: CodeRequest,
  to: { userId: UserId; locale: Locale } | null,
): Promise<{ retryAfterMs: number } | null> {
  const addressKey = await lockAddress(tx, address);
  const now = await tx.now();
  const { codeSendsMax, codeSendsWindowMs: windowMs, codeTtlMs } = identityLimits;
  const since = new Date(now.getTime() - windowMs).toISOString();
  const { rows: sent } = await sql<{ ms: string }>`
    select (extract(epoch from sent_at) * 1000)::bigint::text as ms from one_time_code
    where address_key = ${addressKey} and sent_at > ${since}::timestamptz
    order by id desc limit ${codeSendsMax}`.execute(tx.sql);
  if (sent.length >= codeSendsMax) {
    return { retryAfterMs: Math.max(1, Number(sent.at(-1)?.ms) + windowMs - now.getTime()) };
  }
  const code = String(randomInt(1_000_000)).padStart(6, '0');
  const expiresAt = new Date(now.getTime() + codeTtlMs);
  const { rows } = await sql<{ id: string }>`
    insert into one_time_code (address_key, purpose, user_id, code_hash, tries, sent_at, expires_at)
    values (${addressKey}, ${purpose}, ${userId}, ${hashOf(tx, addressKey, code)}, 0,
      ${now.toISOString()}::timestamptz, ${expiresAt.toISOString()}::timestamptz)
    returning id::text`.execute(tx.sql);
  await enqueueMessage(tx, {
    channel: channelOf(address),
    recipient: to ? address.value : '',
    userId: to?.userId ?? null,
    locale: to?.locale ?? 'en',
    template: 'otp.code',
    params: { code: to ? code : '', minutes: codeTtlMs / 60_000 },
    onceKey: `otp:${rows[0]?.id}`,
    expiresAt: to ? expiresAt : now,
  });
  return null;
}

interface SentCode {
  readonly id: string;
  readonly code_hash: string;
  readonly tries: number;
  readonly expires_ms: string;
  readonly used: boolean;
}

/**
 * Whether a code is the newest one sent for this, in time, unused and tried fewer than five times. The try counts
 * whatever comes of it, so a caller that refuses must keep what was written.
 */
export async function redeemCode(tx: Tx, { address, purpose, userId }: CodeRequest, code: string): Promise<boolean> {
  const addressKey = await lockAddress(tx, address);
  const now = await tx.now();
  const { rows } = await sql<SentCode>`
    select id::text, code_hash, tries, (extract(epoch from expires_at) * 1000)::bigint::text as expires_ms,
           used_at is not null as used
    from one_time_code
    where address_key = ${addressKey} and purpose = ${purpose} and user_id is not distinct from ${userId}::uuid
    order by id desc limit 1`.execute(tx.sql);
  const [sent] = rows;
  const fits = hashesEqual(sent?.code_hash ?? hashOf(tx, addressKey, ''), hashOf(tx, addressKey, code));
  const isOpen =
    sent !== undefined &&
    !sent.used &&
    sent.tries < identityLimits.codeTriesMax &&
    !isPast(now, new Date(Number(sent.expires_ms)));
  const usedAt = isOpen && fits ? now.toISOString() : null;
  await sql`
    update one_time_code set tries = tries + ${isOpen ? 1 : 0}, used_at = coalesce(used_at, ${usedAt}::timestamptz)
    where id = ${sent?.id ?? '0'}::bigint`.execute(tx.sql);
  return usedAt !== null;
}

/** A code is good up to the very millisecond at which its ten minutes are over. */
export function isPast(now: Date, expiresAt: Date): boolean {
  return now.getTime() > expiresAt.getTime();
}
