import { defineErrors } from '../kernel/errors.ts';

export const promosErrors = defineErrors({});
