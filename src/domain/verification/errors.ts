import { defineErrors } from '../kernel/errors.ts';

export const verificationErrors = defineErrors({
  'verification.not_found': { retry: 'never', http: 404, text: 'There is no such verification.' },
  'verification.own': { retry: 'never', http: 403, text: 'Nobody reviews themselves.' },
  'verification.stale': { retry: 'refetch', http: 409, text: 'The submission has changed since you read it.' },
  'verification.wrong_state': { retry: 'refetch', http: 409, text: 'The submission is not in a state for this.' },
  'verification.claimed': { retry: 'later', http: 409, text: 'Another reviewer is looking at it; wait retryAfterMs.' },
  'verification.not_claimed': { retry: 'refetch', http: 409, text: 'Claim it first; a claim lasts 30 minutes.' },
  'verification.already_submitted': { retry: 'never', http: 409, text: 'Papers of this kind wait for their review.' },
  'verification.document_used': { retry: 'never', http: 409, text: 'A document serves one submission only.' },
  'verification.document_expired': { retry: 'never', http: 422, text: 'The document has expired.' },
});
