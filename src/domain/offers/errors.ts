import { defineErrors } from '../kernel/errors.ts';

export const offerErrors = defineErrors({
  'offers.not_found': { retry: 'never', http: 404, text: 'There is no such offer among yours.' },
  'offers.unavailable': { retry: 'never', http: 403, text: 'You cannot deal with this person.' },
  'offers.own_listing': { retry: 'never', http: 422, text: 'You cannot make an offer on your own listing.' },
  'offers.not_negotiable': { retry: 'never', http: 422, text: 'The seller does not take offers on this listing.' },
  'offers.too_large': { retry: 'never', http: 422, text: 'The price times the quantity is too large.' },
  'offers.already_open': { retry: 'refetch', http: 409, text: 'You have an offer on this listing that has not ended.' },
  'offers.wrong_state': { retry: 'refetch', http: 409, text: 'The offer is not in a state that allows this.' },
  'offers.stale': { retry: 'refetch', http: 409, text: 'Another round stands by now; read the offer again.' },
  'offers.not_your_turn': { retry: 'refetch', http: 409, text: 'It is the other side who may do this now.' },
  'offers.expired': { retry: 'refetch', http: 409, text: 'The deadline is over.' },
  'offers.too_many_rounds': {
    retry: 'never',
    http: 409,
    text: 'The offer has gone back and forth too often; accept or decline it.',
  },
  'offers.out_of_stock': {
    retry: 'refetch',
    http: 409,
    text: 'The listing is not for sale or has fewer units available.',
  },
});
