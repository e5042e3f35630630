import { defineArea } from '../kernel/define.ts';
import { escrowErrors } from './errors.ts';

export const escrow = defineArea({
  name: 'escrow',
  operations: [],
  errors: escrowErrors,
  entities: [],
});
