import { sql } from 'kysely';
import type { z } from 'zod';
import type { Meta, Tx } from '../kernel/define.ts';
import { newId, type UserId } from '../kernel/ids.ts';
import { iso } from '../kernel/timestamp.ts';
import { alertOwner } from './alerts.ts';
import { deviceOf } from './devices.ts';
import { RefreshTokenEntity, SessionEntity, type Account, type Session } from './entities.ts';
import { keyedHash } from './keyed-hash.ts';
import { noteOrigin } from './origins.ts';
import { countryName, countryOf } from './places.ts';
import { identityLimits, identitySettingsPort } from './settings.ts';
import { hashRefreshToken, newRefreshToken, tokensPort } from './tokens.ts';
import { ownUserView, type SignedInView } from './views.ts';

/** Opens a session for an account and answers as every kind of sign-in does. The account is stored already. */
export async function openSession(tx: Tx, account: Account, meta: Meta): Promise<z.input<typeof SignedInView>> {
  // Sign-ins of one person take turns, so that together they do not pass the cap.
  await sql`select 1 from account where id = ${account.id} for no key update`.execute(tx.sql);
  const now = await tx.now();
  const device = deviceOf(meta.userAgent);
  const country = countryOf(meta.ip);
  const session = tx.db.create(SessionEntity, {
    id: newId(),
    userId: account.id,
    userAgent: meta.userAgent?.slice(0, 512) ?? null,
    device: device.name,
    platform: device.platform,
    country,
    ip: meta.ip,
    createdAt: now,
    refreshedAt: now,
    expiresAt: new Date(now.getTime() + tx.port(tokensPort).refreshTtlMs),
    revokedAt: null,
  });
  account.lastLoginAt = now;
  await endOldest(tx, account.id);
  if (await noteOrigin(tx, account.id, { meta, device, country })) {
    const place = countryName(country, account.locale) ?? meta.ip;
    const params = { device: device.name ?? '–', place, at: iso(now) };
    await alertOwner(tx, account, { template: 'session.new', params });
  }
  return { user: ownUserView(account), tokens: await issueTokens(tx, session) };
}

/** Makes room for one more session: those not used for longest end. */
async function endOldest(tx: Tx, userId: UserId): Promise<void> {
  const now = (await tx.now()).toISOString();
  const { rows } = await sql<{ id: string }>`
    update session set revoked_at = ${now}::timestamptz where id in (
      select id from session where user_id = ${userId} and revoked_at is null and expires_at > ${now}::timestamptz
      order by refreshed_at desc, id desc offset ${identityLimits.sessionsMax - 1})
    returning id`.execute(tx.sql);
  for (const { id: sessionId } of rows) tx.evict({ sessionId, reason: 'too many sessions' });
}

/** A refresh token of the session, by default a new one, and a new access token. */
export async function issueTokens(
  tx: Tx,
  session: Session,
  refreshToken = newRefreshToken(),
): Promise<z.input<typeof SignedInView>['tokens']> {
  const now = await tx.now();
  tx.db.create(RefreshTokenEntity, {
    hash: hashRefreshToken(refreshToken),
    sessionId: session.id,
    createdAt: now,
    usedAt: null,
  });
  return answerWith(tx, session, refreshToken);
}

/** Tokens as they are answered: the access token is made anew, the refresh token is the given one. */
export function answerWith(tx: Tx, session: Session, refreshToken: string): z.input<typeof SignedInView>['tokens'] {
  const tokens = tx.port(tokensPort);
  return {
    accessToken: tokens.signAccess({ userId: session.userId, sessionId: session.id }),
    refreshToken,
    tokenType: 'Bearer',
    expiresIn: Math.floor(tokens.accessTtlMs / 1000),
  };
}

/**
 * The token that follows another. Derived, not drawn: whoever repeats a refresh whose answer was lost gets the same
 * one, so a session never has two lines of tokens, and a thief's use of an old one still shows.
 */
export function successorOf(tx: Tx, refreshToken: string): string {
  return keyedHash(tx.port(identitySettingsPort).keys.refresh, refreshToken);
}

/** Revokes a session and closes its sockets on every node after commit. */
export async function revokeSession(tx: Tx, session: Session, reason: string): Promise<void> {
  session.revokedAt ??= await tx.now();
  tx.evict({ sessionId: session.id, reason });
}

/** Revokes all sessions of a person, or all but one, and closes their sockets. Returns how many there were. */
export async function revokeAll(
  tx: Tx,
  userId: UserId,
  { reason, exceptSessionId }: { reason: string; exceptSessionId?: string },
): Promise<number> {
  const now = (await tx.now()).toISOString();
  const { rows } = await sql`
    update session set revoked_at = ${now}::timestamptz
    where user_id = ${userId} and revoked_at is null and id is distinct from ${exceptSessionId ?? null}::uuid
    returning id`.execute(tx.sql);
  tx.evict({ userId, reason, ...(exceptSessionId === undefined ? {} : { exceptSessionId }) });
  return rows.length;
}
