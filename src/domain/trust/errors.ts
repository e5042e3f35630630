import { defineErrors } from '../kernel/errors.ts';

export const trustErrors = defineErrors({
  'blocks.yourself': { retry: 'never', http: 422, text: 'You cannot block yourself.' },
  'blocks.too_many': { retry: 'never', http: 409, text: 'You have blocked 1,000 people; let some back first.' },
  'contacts.too_many': { retry: 'later', http: 429, text: 'Too many contacts for one day; wait retryAfterMs.' },
});
