import { z } from 'zod';
import { defineCommand } from '../../kernel/define.ts';
import { bump } from '../../kernel/machine.ts';
import { isBlocked } from '../../trust/index.ts';
import { ReviewId, reviewLimits } from '../entities.ts';
import { reviewChanged } from '../events.ts';
import { lockReview, tellReview } from '../moving.ts';
import { ReviewView, reviewView } from '../views.ts';

export const replyReview = defineCommand({
  name: 'reviews.reply',
  access: 'user',
  ratePerMinute: 20,
  summary: 'Reply once, for everybody to read, to a review of yourself.',
  input: z.strictObject({ reviewId: ReviewId, text: z.string().trim().min(1).max(reviewLimits.commentChars) }),
  output: ReviewView,
  errors: ['reviews.not_found', 'reviews.not_about_you', 'reviews.unavailable', 'reviews.already_replied'],
  emits: [reviewChanged],
  async run({ input: { reviewId, text }, actor: { userId }, tx, fail }) {
    const review = await lockReview(tx.db, reviewId);
    if (review?.state !== 'revealed' || review.hiddenReason) return fail('reviews.not_found');
    if (review.subjectId !== userId) fail('reviews.not_about_you');
    if (await isBlocked(tx, review.authorId, userId)) fail('reviews.unavailable');
    if (review.reply) fail('reviews.already_replied');
    const now = await tx.now();
    bump(Object.assign(review, { reply: text, repliedAt: now }), now);
    await tellReview(tx, review, 'replied');
    return reviewView(tx, review);
  },
});
