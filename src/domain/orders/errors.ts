import { defineErrors } from '../kernel/errors.ts';

export const orderErrors = defineErrors({
  'orders.not_found': { retry: 'never', http: 404, text: 'You have no such order.' },
  'orders.unavailable': { retry: 'never', http: 403, text: 'You cannot buy from this person.' },
  'orders.own_listing': { retry: 'never', http: 422, text: 'You cannot buy from yourself.' },
  'orders.cod_needs_delivery': {
    retry: 'never',
    http: 422,
    text: 'Cash is paid to a courier or at a hub; choose one of them, or another way to pay.',
  },
  'orders.wallet_insufficient': { retry: 'refetch', http: 409, text: 'Your wallet has not that much.' },
  'orders.too_large': {
    retry: 'never',
    http: 422,
    text: 'The total is larger than the largest amount of one payment.',
  },
  'orders.out_of_stock': { retry: 'refetch', http: 409, text: 'There are not that many units left.' },
  'orders.not_possible': {
    retry: 'refetch',
    http: 409,
    text: 'This move is not open to you in the present state; see allowedActions.',
  },
  'orders.expired': { retry: 'refetch', http: 409, text: 'The time for this move is over.' },
  'orders.wrong_code': { retry: 'never', http: 422, text: 'The pickup code is wrong; wrong codes are counted.' },
  'orders.code_locked': { retry: 'later', http: 429, text: 'Too many wrong pickup codes; wait retryAfterMs.' },
});
