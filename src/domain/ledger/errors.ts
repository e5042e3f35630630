import { defineErrors } from '../kernel/errors.ts';

export const ledgerErrors = defineErrors({});
