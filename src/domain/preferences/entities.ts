import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import type { z } from 'zod';
import { id, type SessionId, type UserId } from '../kernel/ids.ts';
import type { ChannelChoices } from './choices.ts';

export const DeviceId = id('DeviceId');
export type DeviceId = z.infer<typeof DeviceId>;

export const platforms = ['android', 'ios', 'web'] as const;
export const frequencies = ['instant', 'hourly', 'daily'] as const;

export const DeviceEntity = defineEntity({
  name: 'Device',
  tableName: 'device',
  properties: {
    id: p.uuid().$type<DeviceId>().primary(),
    userId: p.uuid().$type<UserId>(),
    sessionId: p.uuid().$type<SessionId>(),
    platform: p.text().$type<(typeof platforms)[number]>(),
    pushToken: p.text(),
    tokenHash: p.text(),
    appVersion: p.text().nullable(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
});
export type Device = InferEntity<typeof DeviceEntity>;

/** One row a person, under the person's id. */
export const PreferenceEntity = defineEntity({
  name: 'Preference',
  tableName: 'preference',
  properties: {
    id: p.uuid().$type<UserId>().primary(),
    channels: p.json().$type<ChannelChoices>(),
    frequency: p.text().$type<(typeof frequencies)[number]>(),
    digestHour: p.integer(),
    quietFrom: p.integer().nullable(),
    quietTo: p.integer().nullable(),
    timezone: p.text(),
    categories: p.array().$type<string[]>(),
    cities: p.array().$type<string[]>(),
    version: p.integer(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
});
export type Preference = InferEntity<typeof PreferenceEntity>;
