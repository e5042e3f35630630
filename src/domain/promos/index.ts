import { defineArea } from '../kernel/define.ts';
import { promosErrors } from './errors.ts';

export const promos = defineArea({
  name: 'promos',
  operations: [],
  errors: promosErrors,
  entities: [],
});
