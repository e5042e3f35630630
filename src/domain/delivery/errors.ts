import { defineErrors } from '../kernel/errors.ts';

export const deliveryErrors = defineErrors({});
