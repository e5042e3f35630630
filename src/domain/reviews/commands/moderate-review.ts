import { z } from 'zod';
import { actsFor } from '../../merchants/index.ts';
import { listingChanged, listingUpdated } from '../../catalog/index.ts';
import { userChanged } from '../../identity/index.ts';
import { defineCommand } from '../../kernel/define.ts';
import { ReviewId } from '../entities.ts';
import { reviewChanged } from '../events.ts';
import { judgeReview, lockReview } from '../moving.ts';
import { ReviewView, reviewView } from '../views.ts';

export const moderateReview = defineCommand({
  name: 'reviews.moderate',
  access: 'moderator',
  summary: 'Hide a review, which then counts for nothing, or show it again.',
  input: z.strictObject({
    reviewId: ReviewId,
    action: z.enum(['hide', 'restore']),
    reason: z.string().trim().min(1).max(500).describe('Its author and the person reviewed read it.'),
  }),
  output: ReviewView,
  errors: ['reviews.not_found', 'reviews.wrong_state'],
  emits: [reviewChanged, userChanged, listingChanged, listingUpdated],
  async run({ input: { reviewId, action, reason }, actor: { userId }, tx, fail }) {
    const review = await lockReview(tx.db, reviewId);
    if (!review) return fail('reviews.not_found');
    for (const sellerId of [review.authorId, review.subjectId]) {
      if (await actsFor(tx.db, { userId, sellerId }, 'orders')) return fail('auth.forbidden');
    }
    if (!(await judgeReview(tx, review, { name: action, reason }))) return fail('reviews.wrong_state');
    tx.audit({ action: `review.${action}`, subject: { kind: 'review', id: reviewId }, details: { reason } });
    return reviewView(tx, review);
  },
});
