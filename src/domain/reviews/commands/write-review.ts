import { LockMode } from '@mikro-orm/core';
import { z } from 'zod';
import { listingChanged, listingUpdated } from '../../catalog/index.ts';
import { userChanged } from '../../identity/index.ts';
import { defineCommand } from '../../kernel/define.ts';
import { newId } from '../../kernel/ids.ts';
import { bump } from '../../kernel/machine.ts';
import { attachUploads } from '../../media/index.ts';
import { lockOrderForReview } from '../../orders/index.ts';
import { ReviewEntity, reviewLimits } from '../entities.ts';
import { reviewChanged } from '../events.ts';
import { revealReviews, tellReview } from '../moving.ts';
import { ReviewView, reviewView } from '../views.ts';

/** A review of a completed order is a right: a block between the two does not take it away. */
export const writeReview = defineCommand({
  name: 'reviews.write',
  access: 'user',
  ratePerMinute: 20,
  summary:
    'Review the other side of a completed order. Sealed until both have written, at most 7 days; ' +
    'until then it may be written anew.',
  input: z.strictObject({
    orderId: z.uuid(),
    rating: z.int().min(1).max(5),
    comment: z.string().trim().min(1).max(reviewLimits.commentChars).optional(),
    imageIds: z.array(z.uuid()).max(reviewLimits.imagesMax).default([]).describe('Your uploads of purpose review.'),
  }),
  output: ReviewView,
  errors: [
    'reviews.order_not_found',
    'reviews.not_completed',
    'reviews.too_late',
    'reviews.already_written',
    'uploads.not_found',
    'uploads.not_confirmed',
  ],
  emits: [reviewChanged, userChanged, listingChanged, listingUpdated],
  async run({ input: { orderId, rating, comment, imageIds }, actor: { userId }, tx, fail }) {
    // The two sides take turns here: whoever comes second sees the other's review and opens both.
    const order = await lockOrderForReview(tx, { orderId, userId });
    if (!order) return fail('reviews.order_not_found');
    const { side, completedAt } = order;
    if (!completedAt) return fail('reviews.not_completed');
    const now = await tx.now();
    if (now.getTime() >= completedAt.getTime() + reviewLimits.writableMs) return fail('reviews.too_late');
    const lock = { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true, orderBy: { id: 'asc' } } as const;
    const written = await tx.db.find(ReviewEntity, { orderId }, lock);
    const known = written.find((review) => review.side === side);
    if (known && (known.state !== 'sealed' || known.revealAt <= now)) return fail('reviews.already_written');
    const images = await attachUploads(tx, { ownerId: userId, uploadIds: imageIds, purpose: 'review' });
    if (typeof images === 'string') return fail(images);
    const words = { authorId: userId, rating, comment: comment ?? null, images };
    if (known) {
      bump(Object.assign(known, words), now);
      await tellReview(tx, known, 'written');
      return reviewView(tx, known);
    }
    const review = tx.db.create(ReviewEntity, {
      ...words,
      id: newId(),
      orderId,
      side,
      subjectId: side === 'buyer' ? order.sellerId : order.buyerId,
      listingIds: side === 'buyer' ? [...order.listingIds] : [],
      reply: null,
      repliedAt: null,
      state: 'sealed',
      revealAt: new Date(now.getTime() + reviewLimits.sealedMs),
      revealedAt: null,
      hiddenReason: null,
      version: 1,
      createdAt: now,
      updatedAt: now,
    });
    await tellReview(tx, review, 'written');
    if (written.length > 0) await revealReviews(tx, [...written.filter(({ state }) => state === 'sealed'), review]);
    return reviewView(tx, review);
  },
});
