import { defineErrors } from '../kernel/errors.ts';

export const promosErrors = defineErrors({
  'promos.not_found': { retry: 'never', http: 404, text: 'There is no such promo code.' },
  'promos.taken': { retry: 'never', http: 409, text: 'There is a promo with this code already.' },
  'promos.needs_currency': {
    retry: 'never',
    http: 422,
    text: 'An amount, a minimum or a maximum of a promo needs its currency.',
  },
  'promos.wrong_period': { retry: 'never', http: 422, text: 'A promo cannot end before it starts.' },
  'promos.over': { retry: 'never', http: 409, text: 'The promo is over.' },
  'promos.wrong_currency': { retry: 'never', http: 422, text: 'The promo is for purchases in another currency.' },
  'promos.used_up': { retry: 'never', http: 409, text: 'The promo has been used as often as it can be.' },
  'promos.used_by_you': { retry: 'never', http: 409, text: 'You have used this promo as often as you can.' },
  'promos.first_order_only': { retry: 'never', http: 409, text: 'The promo is for a first order only.' },
  'promos.goods_too_low': { retry: 'never', http: 422, text: 'The goods cost too little for this promo.' },
});
