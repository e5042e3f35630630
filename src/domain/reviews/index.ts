import { defineArea } from '../kernel/define.ts';

export const reviews = defineArea({ name: 'reviews', operations: [], errors: {}, entities: [] });
