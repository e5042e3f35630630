import { defineErrors } from '../kernel/errors.ts';

export const shipmentsErrors = defineErrors({});
