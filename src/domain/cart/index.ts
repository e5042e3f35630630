import { defineArea } from '../kernel/define.ts';
import { cartErrors } from './errors.ts';

export const cart = defineArea({
  name: 'cart',
  operations: [],
  errors: cartErrors,
  entities: [],
});
