import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import type { z } from 'zod';
import { id, type UserId } from '../kernel/ids.ts';
import type { AttachedUpload } from '../media/index.ts';
import type { ReviewState } from './machine.ts';

export const ReviewId = id('ReviewId');
export type ReviewId = z.infer<typeof ReviewId>;

export const ReviewEntity = defineEntity({
  name: 'Review',
  tableName: 'review',
  properties: {
    id: p.uuid().$type<ReviewId>().primary(),
    orderId: p.uuid(),
    side: p.text().$type<'buyer' | 'seller'>(),
    authorId: p.uuid().$type<UserId>(),
    subjectId: p.uuid().$type<UserId>(),
    listingIds: p.array().$type<string[]>(),
    rating: p.integer(),
    comment: p.text().nullable(),
    images: p.json().$type<AttachedUpload[]>(),
    reply: p.text().nullable(),
    repliedAt: p.datetime().nullable(),
    state: p.text().$type<ReviewState>(),
    revealAt: p.datetime(),
    revealedAt: p.datetime().nullable(),
    hiddenReason: p.text().nullable(),
    version: p.integer(),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
  },
});
export type Review = InferEntity<typeof ReviewEntity>;

export const reviewLimits = {
  commentChars: 2_000,
  imagesMax: 5,
  /** How long after its completion an order may be reviewed. */
  writableMs: 30 * 86_400_000,
  /** How long the first review waits for the other. */
  sealedMs: 7 * 86_400_000,
  snapshotMax: 200,
  /** Small, because a batch locks the accounts and listings concerned. */
  sweepBatch: 50,
} as const;
