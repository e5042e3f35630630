import { defineErrors } from '../kernel/errors.ts';

export const escrowErrors = defineErrors({});
