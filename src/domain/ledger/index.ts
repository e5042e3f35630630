import { defineArea } from '../kernel/define.ts';
import { ledgerErrors } from './errors.ts';

export const ledger = defineArea({
  name: 'ledger',
  operations: [],
  errors: ledgerErrors,
  entities: [],
});
