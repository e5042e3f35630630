import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import type { z } from 'zod';
import type { ListingId } from '../catalog/index.ts';
import { id, type UserId } from '../kernel/ids.ts';
import type { StreamState } from './machine.ts';

export const StreamId = id('StreamId');
export type StreamId = z.infer<typeof StreamId>;

export const StreamEntity = defineEntity({
  name: 'Stream',
  tableName: 'stream',
  properties: {
    id: p.uuid().$type<StreamId>().primary(),
    hostId: p.uuid().$type<UserId>(),
    title: p.text(),
    description: p.text(),
    scheduledFor: p.datetime().nullable(),
    state: p.string().$type<StreamState>(),
    streamKey: p.text().nullable(),
    slowModeSeconds: p.integer(),
    peakViewers: p.integer(),
    totalViews: p.integer(),
    startedAt: p.datetime().nullable(),
    interruptedAt: p.datetime().nullable(),
    endedAt: p.datetime().nullable(),
    version: p.integer(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
});
export type Stream = InferEntity<typeof StreamEntity>;

export const StreamPinEntity = defineEntity({
  name: 'StreamPin',
  tableName: 'stream_pin',
  properties: {
    streamId: p.uuid().$type<StreamId>().primary(),
    listingId: p.uuid().$type<ListingId>().primary(),
    x: p.double().$type<number>().nullable(),
    y: p.double().$type<number>().nullable(),
    pinnedAt: p.datetime(),
  },
});
export type StreamPin = InferEntity<typeof StreamPinEntity>;

export const StreamMemberEntity = defineEntity({
  name: 'StreamMember',
  tableName: 'stream_member',
  properties: {
    streamId: p.uuid().$type<StreamId>().primary(),
    userId: p.uuid().$type<UserId>().primary(),
    viewedAt: p.datetime().nullable(),
    saidAt: p.datetime().nullable(),
    mutedAt: p.datetime().nullable(),
    bannedAt: p.datetime().nullable(),
  },
});
export type StreamMember = InferEntity<typeof StreamMemberEntity>;
