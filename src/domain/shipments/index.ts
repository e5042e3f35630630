import { defineArea } from '../kernel/define.ts';
import { shipmentsErrors } from './errors.ts';

export const shipments = defineArea({
  name: 'shipments',
  operations: [],
  errors: shipmentsErrors,
  entities: [],
});
