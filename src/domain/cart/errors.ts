import { defineErrors } from '../kernel/errors.ts';

export const cartErrors = defineErrors({
  'cart.empty': { retry: 'refetch', http: 409, text: 'There is nothing in your cart.' },
  'cart.changed': {
    retry: 'refetch',
    http: 409,
    text: 'A price has risen, or something is not there any more. Look at the cart; setting an item accepts its price.',
  },
  'cart.mixed_currencies': {
    retry: 'never',
    http: 422,
    text: 'One checkout is in one currency; name the items of one of them.',
  },
  'cart.too_many_items': { retry: 'never', http: 409, text: 'Your cart has 100 different things; remove some first.' },
});
