import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import type { z } from 'zod';
import { id, type UserId } from '../kernel/ids.ts';
import type { ApplicationState, InvitationState, MerchantState } from './machine.ts';
import type { TeamRole } from './policy.ts';

export const MerchantId = id('MerchantId');
export type MerchantId = z.infer<typeof MerchantId>;
export const ApplicationId = id('ApplicationId');
export type ApplicationId = z.infer<typeof ApplicationId>;
export const InvitationId = id('InvitationId');
export type InvitationId = z.infer<typeof InvitationId>;

export const MerchantEntity = defineEntity({
  name: 'Merchant',
  tableName: 'merchant',
  properties: {
    id: p.uuid().$type<MerchantId>().primary(),
    ownerId: p.uuid().$type<UserId>(),
    slug: p.text(),
    name: p.text(),
    description: p.text(),
    category: p.text().nullable(),
    contactEmail: p.text().nullable(),
    contactPhone: p.text().nullable(),
    address: p.text().nullable(),
    state: p.text().$type<MerchantState>(),
    reason: p.text().nullable(),
    moderationReason: p.text().nullable(),
    moderatedAt: p.datetime().nullable(),
    version: p.integer(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
});
export type Merchant = InferEntity<typeof MerchantEntity>;

export const MemberEntity = defineEntity({
  name: 'MerchantMember',
  tableName: 'merchant_member',
  properties: {
    id: p.uuid().primary(),
    merchantId: p.uuid().$type<MerchantId>(),
    userId: p.uuid().$type<UserId>(),
    role: p.text().$type<TeamRole>(),
    joinedAt: p.datetime(),
  },
});
export type Member = InferEntity<typeof MemberEntity>;

export const ApplicationEntity = defineEntity({
  name: 'MerchantApplication',
  tableName: 'merchant_application',
  properties: {
    id: p.uuid().$type<ApplicationId>().primary(),
    userId: p.uuid().$type<UserId>(),
    name: p.text(),
    slug: p.text(),
    description: p.text(),
    category: p.text().nullable(),
    contactEmail: p.text(),
    contactPhone: p.text().nullable(),
    address: p.text().nullable(),
    state: p.text().$type<ApplicationState>(),
    superseded: p.boolean(),
    reviewerId: p.uuid().$type<UserId>().nullable(),
    claimedUntil: p.datetime().nullable(),
    reason: p.text().nullable(),
    merchantId: p.uuid().$type<MerchantId>().nullable(),
    submittedAt: p.datetime(),
    decidedAt: p.datetime().nullable(),
    version: p.integer(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
});
export type Application = InferEntity<typeof ApplicationEntity>;

export const InvitationEntity = defineEntity({
  name: 'MerchantInvitation',
  tableName: 'merchant_invitation',
  properties: {
    id: p.uuid().$type<InvitationId>().primary(),
    merchantId: p.uuid().$type<MerchantId>(),
    merchantName: p.text(),
    inviterId: p.uuid().$type<UserId>(),
    email: p.text().nullable(),
    invitedId: p.uuid().$type<UserId>().nullable(),
    recipientId: p.uuid().$type<UserId>().nullable(),
    role: p.text().$type<Exclude<TeamRole, 'owner'>>(),
    codeHash: p.text().nullable(),
    state: p.text().$type<InvitationState>(),
    deadline: p.datetime(),
    version: p.integer(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
});
export type Invitation = InferEntity<typeof InvitationEntity>;
