import { defineArea } from '../kernel/define.ts';

export const preferences = defineArea({ name: 'preferences', operations: [], errors: {}, entities: [] });
