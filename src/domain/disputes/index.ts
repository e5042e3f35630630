import { defineArea } from '../kernel/define.ts';
import { disputesErrors } from './errors.ts';

export const disputes = defineArea({
  name: 'disputes',
  operations: [],
  errors: disputesErrors,
  entities: [],
});
