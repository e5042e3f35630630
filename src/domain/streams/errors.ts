import { defineErrors } from '../kernel/errors.ts';

export const streamErrors = defineErrors({
  'streams.not_found': { retry: 'never', http: 404, text: 'There is no such stream for you.' },
  'streams.unavailable': { retry: 'never', http: 403, text: 'You cannot take part in this stream.' },
  'streams.listing_not_found': { retry: 'never', http: 404, text: 'You have no such listing to pin.' },
  'streams.user_not_found': { retry: 'never', http: 404, text: 'There is no such viewer.' },
  'streams.host_untouchable': { retry: 'never', http: 422, text: 'The host can be neither muted nor banned.' },
  'streams.too_many': {
    retry: 'never',
    http: 422,
    text: 'You have too many streams that are not over; end one first.',
  },
  'streams.over': { retry: 'refetch', http: 409, text: 'The stream is over.' },
  'streams.already_live': { retry: 'refetch', http: 409, text: 'You are live already; end that stream first.' },
  'streams.not_live': { retry: 'refetch', http: 409, text: 'The stream is not live.' },
  'streams.pins_full': { retry: 'never', http: 422, text: 'Too many listings are pinned; unpin one first.' },
  'streams.banned': { retry: 'never', http: 403, text: 'You are banned from this stream.' },
  'streams.muted': { retry: 'never', http: 403, text: 'You are muted in this stream.' },
  'streams.slow_mode': {
    retry: 'later',
    http: 429,
    text: 'Slow mode is on; wait retryAfterMs before the next message.',
  },
});
