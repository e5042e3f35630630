import { defineErrors } from '../kernel/errors.ts';

export const cartErrors = defineErrors({});
