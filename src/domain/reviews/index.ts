import { defineArea } from '../kernel/define.ts';
import { moderateReview } from './commands/moderate-review.ts';
import { replyReview } from './commands/reply-review.ts';
import { revealDue, revealReviewsJob } from './commands/reveal-reviews.ts';
import { writeReview } from './commands/write-review.ts';
import { ReviewEntity } from './entities.ts';
import { reviewErrors } from './errors.ts';
import { reviewChanged } from './events.ts';
import { reviewMachine } from './machine.ts';
import { reviewsPersonal } from './personal.ts';
import { listReviews } from './queries/list-reviews.ts';
import { reviewSnapshot } from './snapshot.ts';

export { reviewChanged } from './events.ts';
export { hideReview, readReview } from './moving.ts';

export const reviews = defineArea({
  name: 'reviews',
  operations: [writeReview, replyReview, listReviews, moderateReview, revealDue],
  errors: reviewErrors,
  events: [reviewChanged],
  machines: [reviewMachine],
  jobs: [revealReviewsJob],
  snapshots: [reviewSnapshot],
  personal: reviewsPersonal,
  entities: [ReviewEntity],
});
