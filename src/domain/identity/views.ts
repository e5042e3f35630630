import { z } from 'zod';
import { roles } from '../kernel/actor.ts';
import { Point } from '../kernel/geo.ts';
import { SessionId, UserId } from '../kernel/ids.ts';
import { orNull } from '../kernel/or-null.ts';
import { iso, Timestamp } from '../kernel/timestamp.ts';
import { locales } from '../outbox/index.ts';
import { marketRoles, type Account, type Session } from './entities.ts';

/** What anyone may know of a person. */
export const PublicUserView = z.object({
  id: UserId,
  version: z.int(),
  username: orNull(z.string()),
  fullName: z.string(),
  bio: orNull(z.string()),
  avatarUrl: orNull(z.string()),
  neighborhood: orNull(z.string()),
  identityVerified: z.boolean().describe('Whether papers were shown and checked.'),
  rating: orNull(z.object({ count: z.int(), mean: z.number() })),
  memberSince: Timestamp,
});

/** What a person may know of themselves. */
export const OwnUserView = PublicUserView.extend({
  email: orNull(z.string()),
  phone: orNull(z.string()),
  campus: orNull(z.string()),
  marketRole: z.enum(marketRoles),
  roles: z.array(z.enum(roles)),
  location: orNull(Point),
  buildingName: orNull(z.string()),
  locale: z.enum(locales),
  emailVerified: z.boolean(),
  phoneVerified: z.boolean(),
  telegramLinked: z.boolean(),
  discoverable: z.boolean(),
});

/** What admins may know of a person. */
export const AdminUserView = OwnUserView.extend({
  suspendedAt: orNull(Timestamp),
  suspensionReason: orNull(z.string()),
  deletedAt: orNull(Timestamp),
  lastLoginAt: orNull(Timestamp),
});

export const SessionView = z.object({
  id: SessionId,
  current: z.boolean(),
  userAgent: orNull(z.string()),
  device: orNull(z.string()).describe('What the user agent says: a browser or app, and its system.'),
  platform: orNull(z.string()),
  country: orNull(z.string()).describe('Where the network is registered (ISO 3166-1 alpha-2); may be wrong.'),
  ip: z.string(),
  createdAt: Timestamp,
  refreshedAt: Timestamp,
  expiresAt: Timestamp,
});

/** `expiresIn` is seconds until the access token expires. */
export const TokensView = z.object({
  accessToken: z.string(),
  refreshToken: z.string(),
  tokenType: z.literal('Bearer'),
  expiresIn: z.int(),
});

export const SignedInView = z.object({ user: OwnUserView, tokens: TokensView });

export function publicUserView(account: Account): z.input<typeof PublicUserView> {
  const { id, version, username, fullName, bio, avatarUrl, neighborhood, createdAt } = account;
  const { identityVerifiedAt, ratingCount: count, ratingMean: mean } = account;
  return {
    id,
    version,
    username,
    fullName,
    bio,
    avatarUrl,
    neighborhood,
    identityVerified: identityVerifiedAt !== null,
    rating: typeof mean !== 'number' ? null : { count, mean },
    memberSince: iso(createdAt),
  };
}

export function ownUserView(account: Account): z.input<typeof OwnUserView> {
  const { email, phone, campus, marketRole, roles: held, location, buildingName, locale, discoverable } = account;
  return {
    ...publicUserView(account),
    email,
    phone,
    campus,
    marketRole,
    roles: held,
    location,
    buildingName,
    locale,
    emailVerified: account.emailVerifiedAt !== null,
    phoneVerified: account.phoneVerifiedAt !== null,
    telegramLinked: account.telegramId !== null,
    discoverable,
  };
}

export function adminUserView(account: Account): z.input<typeof AdminUserView> {
  const { suspendedAt, suspensionReason, deletedAt, lastLoginAt } = account;
  return {
    ...ownUserView(account),
    suspendedAt: iso(suspendedAt),
    suspensionReason,
    deletedAt: iso(deletedAt),
    lastLoginAt: iso(lastLoginAt),
  };
}

export function sessionView(session: Session, currentId: string): z.input<typeof SessionView> {
  const { id, userAgent, device, platform, country, ip, createdAt, refreshedAt, expiresAt } = session;
  return {
    id,
    current: id === currentId,
    userAgent,
    device,
    platform,
    country,
    ip,
    createdAt: iso(createdAt),
    refreshedAt: iso(refreshedAt),
    expiresAt: iso(expiresAt),
  };
}
