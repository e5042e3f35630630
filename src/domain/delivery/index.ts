import { defineArea } from '../kernel/define.ts';
import { deliveryErrors } from './errors.ts';

export const delivery = defineArea({
  name: 'delivery',
  operations: [],
  errors: deliveryErrors,
  entities: [],
});
