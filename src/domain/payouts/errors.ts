import { defineErrors } from '../kernel/errors.ts';

export const payoutsErrors = defineErrors({});
