import { sql } from 'kysely';
import type { z } from 'zod';
import type { Meta, Tx } from '../kernel/define.ts';
import { CommandError } from '../kernel/errors.ts';
import { newId, type UserId } from '../kernel/ids.ts';
import { networkOf } from '../kernel/network.ts';
import { iso } from '../kernel/timestamp.ts';
import { alertOwner } from './alerts.ts';
import { deviceOf } from './devices.ts';
import { RefreshTokenEntity, SessionEntity, type Account, type Session } from './entities.ts';
import { noteOrigin } from './origins.ts';
import { countryName, countryOf } from './places.ts';
import { identityLimits } from './settings.ts';
import { hashRefreshToken, newRefreshToken, tokensPort, type Tokens } from './tokens.ts';
import { ownUserView, type SignedInView } from './views.ts';

/** Opens a session for an account and answers as every kind of sign-in does. The account is stored already. */
export async function openSession(tx: Tx, account: Account, meta: Meta): Promise<z.input<typeof SignedInView>> {
  // Sign-ins of one person take turns, so that together they do not pass the cap.
  const { rows } = await sql<{ ended: boolean }>`
    select deleted_at is not null as ended from account where id = ${account.id} for no key update`.execute(tx.sql);
  // It ended while this waited, after it was read.
  if (rows[0]?.ended !== false) throw new CommandError('auth.invalid');
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
    expiresAt: expiryOf(tx.port(tokensPort), { openedAt: now, now }),
    revokedAt: null,
    generation: 0,
    refreshedIp: null,
    refreshedUserAgent: null,
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

type IssuedTokens = z.input<typeof SignedInView>['tokens'];

/** Rotates: begins a generation of refresh tokens. Those before it are over, but for a repeat of the last one. */
export async function rotateTokens(tx: Tx, session: Session, { ip, userAgent }: Meta): Promise<IssuedTokens> {
  const now = await tx.now();
  session.generation += 1;
  session.refreshedAt = now;
  session.refreshedIp = ip;
  session.refreshedUserAgent = userAgent ?? null;
  session.expiresAt = expiryOf(tx.port(tokensPort), { openedAt: session.createdAt, now });
  return issueTokens(tx, session);
}

/** When a session ends that is not refreshed again; never later than its greatest age. */
function expiryOf({ refreshTtlMs, sessionMaxAgeMs }: Tokens, { openedAt, now }: { openedAt: Date; now: Date }): Date {
  return new Date(Math.min(now.getTime() + refreshTtlMs, openedAt.getTime() + sessionMaxAgeMs));
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
    accessToken: tokens.signAccess({ userId: session.userId, sessionId: session.id, notAfter: session.expiresAt }),
    refreshToken,
    tokenType: 'Bearer',
    expiresIn: Math.floor(Math.min(tokens.accessTtlMs, session.expiresAt.getTime() - now.getTime()) / 1000),
  };
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
