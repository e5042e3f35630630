import { defineArea } from '../kernel/define.ts';

export const trust = defineArea({ name: 'trust', operations: [], errors: {}, entities: [] });
