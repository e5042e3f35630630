import { defineErrors } from '../kernel/errors.ts';

export const reviewErrors = defineErrors({
  'reviews.order_not_found': { retry: 'never', http: 404, text: 'You have no such order.' },
  'reviews.not_completed': { retry: 'refetch', http: 409, text: 'The order is not completed yet.' },
  'reviews.too_late': { retry: 'never', http: 409, text: 'An order can be reviewed for 30 days.' },
  'reviews.already_written': { retry: 'never', http: 409, text: 'Your review is published and stays as it is.' },
  'reviews.not_found': { retry: 'never', http: 404, text: 'There is no such review.' },
  'reviews.not_about_you': { retry: 'never', http: 403, text: 'Only the person reviewed may reply.' },
  'reviews.already_replied': { retry: 'never', http: 409, text: 'You have replied already.' },
  'reviews.unavailable': { retry: 'never', http: 403, text: 'You cannot write to this person.' },
  'reviews.wrong_state': { retry: 'refetch', http: 409, text: 'The review is not in a state that allows this.' },
});
