import { defineErrors } from '../kernel/errors.ts';

export const disputesErrors = defineErrors({});
