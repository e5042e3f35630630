import { defineErrors } from '../kernel/errors.ts';

export const ledgerErrors = defineErrors({
  'wallet.reference_taken': {
    retry: 'never',
    http: 409,
    text: 'This reference has been credited to somebody else, or with another amount.',
  },
});
