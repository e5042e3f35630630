import { defineErrors } from '../kernel/errors.ts';

export const cartErrors = defineErrors({
  'cart.too_many_items': { retry: 'never', http: 409, text: 'Your cart has 100 different things; remove some first.' },
});
