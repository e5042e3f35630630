import { defineArea } from '../kernel/define.ts';
import { payoutsErrors } from './errors.ts';

export const payouts = defineArea({
  name: 'payouts',
  operations: [],
  errors: payoutsErrors,
  entities: [],
});
