import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import type { z } from 'zod';
import { id, type UserId } from '../kernel/ids.ts';
import type { UploadState } from './machine.ts';
import type { ContentType } from './object-store.ts';
import type { Purpose } from './rules.ts';

export const UploadId = id('UploadId');
export type UploadId = z.infer<typeof UploadId>;

export const UploadEntity = defineEntity({
  name: 'Upload',
  tableName: 'upload',
  properties: {
    id: p.uuid().$type<UploadId>().primary(),
    ownerId: p.uuid().$type<UserId>(),
    purpose: p.text().$type<Purpose>(),
    listingId: p.uuid().nullable(),
    filename: p.text(),
    contentType: p.text().$type<ContentType>(),
    objectKey: p.text(),
    resultPrefix: p.text(),
    state: p.text().$type<UploadState>(),
    sizeBytes: p.bigint('number').nullable(),
    width: p.integer().nullable(),
    height: p.integer().nullable(),
    thumbhash: p.text().nullable(),
    reason: p.text().nullable(),
    deadline: p.datetime().nullable(),
    attempts: p.integer(),
    claimedUntil: p.datetime().nullable(),
    cleanedAt: p.datetime().nullable(),
    discardedAt: p.datetime().nullable(),
    version: p.integer(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
});
export type Upload = InferEntity<typeof UploadEntity>;
