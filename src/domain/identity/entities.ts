import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import type { Role } from '../kernel/actor.ts';
import { PointType } from '../kernel/geo.ts';
import type { SessionId, UserId } from '../kernel/ids.ts';
import type { Locale } from '../outbox/index.ts';

export const marketRoles = ['buyer', 'seller', 'both'] as const;

export const AccountEntity = defineEntity({
  name: 'Account',
  tableName: 'account',
  properties: {
    id: p.uuid().$type<UserId>().primary(),
    email: p.string().nullable(),
    phone: p.string().nullable(),
    username: p.string().nullable(),
    passwordHash: p.text().nullable(),
    fullName: p.text(),
    campus: p.text().nullable(),
    marketRole: p.string().$type<(typeof marketRoles)[number]>(),
    roles: p.array().$type<Role[]>(),
    bio: p.text().nullable(),
    avatarUrl: p.text().nullable(),
    location: p.type(PointType).nullable(),
    neighborhood: p.text().nullable(),
    buildingName: p.text().nullable(),
    locale: p.string().$type<Locale>(),
    telegramId: p.bigint('string').nullable(),
    emailVerifiedAt: p.datetime().nullable(),
    phoneVerifiedAt: p.datetime().nullable(),
    identityVerifiedAt: p.datetime().nullable(),
    passwordChangedAt: p.datetime().nullable(),
    discoverable: p.boolean(),
    contactKey: p.text().nullable(),
    ratingCount: p.integer(),
    ratingMean: p.double().$type<number>().nullable(),
    sellingSuspendedAt: p.datetime().nullable(),
    suspendedAt: p.datetime().nullable(),
    suspensionReason: p.text().nullable(),
    deletedAt: p.datetime().nullable(),
    lastLoginAt: p.datetime().nullable(),
    version: p.integer(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
});
export type Account = InferEntity<typeof AccountEntity>;

export const SessionEntity = defineEntity({
  name: 'Session',
  tableName: 'session',
  properties: {
    id: p.uuid().$type<SessionId>().primary(),
    userId: p.uuid().$type<UserId>(),
    userAgent: p.text().nullable(),
    device: p.text().nullable(),
    platform: p.text().nullable(),
    /** ISO 3166-1 alpha-2. */
    country: p.text().nullable(),
    ip: p.text(),
    createdAt: p.datetime(),
    refreshedAt: p.datetime(),
    expiresAt: p.datetime(),
    revokedAt: p.datetime().nullable(),
    generation: p.integer().default(0),
    refreshedIp: p.text().nullable(),
    refreshedUserAgent: p.text().nullable(),
  },
});
export type Session = InferEntity<typeof SessionEntity>;

export const RefreshTokenEntity = defineEntity({
  name: 'RefreshToken',
  tableName: 'refresh_token',
  properties: {
    hash: p.text().primary(),
    sessionId: p.uuid().$type<SessionId>(),
    createdAt: p.datetime(),
    usedAt: p.datetime().nullable(),
    generation: p.integer().default(0),
  },
});
