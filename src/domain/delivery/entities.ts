import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import type { z } from 'zod';
import { PointType } from '../kernel/geo.ts';
import { id, type UserId } from '../kernel/ids.ts';
import type { Currency } from '../kernel/money.ts';
import type { HoursException, OpeningHours } from './rules.ts';

export const HubId = id('HubId');
export type HubId = z.infer<typeof HubId>;
export const PartnerId = id('PartnerId');
export type PartnerId = z.infer<typeof PartnerId>;

export const hubStates = ['active', 'closed'] as const;

export const HubEntity = defineEntity({
  name: 'Hub',
  tableName: 'hub',
  properties: {
    id: p.uuid().$type<HubId>().primary(),
    name: p.text(),
    address: p.text(),
    location: p.type(PointType),
    timezone: p.text(),
    hours: p.json().$type<OpeningHours>(),
    exceptions: p.json().$type<HoursException[]>(),
    capacity: p.integer().nullable(),
    contactPhone: p.text().nullable(),
    feeMinor: p.bigint('number'),
    currency: p.text().$type<Currency>(),
    state: p.text().$type<(typeof hubStates)[number]>(),
    version: p.integer(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
});
export type Hub = InferEntity<typeof HubEntity>;

export const HubStaffEntity = defineEntity({
  name: 'HubStaff',
  tableName: 'hub_staff',
  properties: {
    id: p.uuid().primary(),
    hubId: p.uuid().$type<HubId>(),
    userId: p.uuid().$type<UserId>(),
    version: p.integer(),
    assignedAt: p.datetime(),
    updatedAt: p.datetime(),
  },
});
export type HubStaff = InferEntity<typeof HubStaffEntity>;

export const PartnerEntity = defineEntity({
  name: 'DeliveryPartner',
  tableName: 'delivery_partner',
  properties: {
    id: p.uuid().$type<PartnerId>().primary(),
    name: p.text(),
    contactPhone: p.text().nullable(),
    contactEmail: p.text().nullable(),
    baseFeeMinor: p.bigint('number'),
    perKmMinor: p.bigint('number'),
    currency: p.text().$type<Currency>(),
    maxDistanceKm: p.integer(),
    state: p.text().$type<'active' | 'removed'>(),
    version: p.integer(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
});
export type Partner = InferEntity<typeof PartnerEntity>;

export const PartnerHubEntity = defineEntity({
  name: 'DeliveryPartnerHub',
  tableName: 'delivery_partner_hub',
  properties: {
    partnerId: p.uuid().$type<PartnerId>().primary(),
    hubId: p.uuid().$type<HubId>().primary(),
  },
});
