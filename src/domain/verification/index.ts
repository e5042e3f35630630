import { defineArea } from '../kernel/define.ts';

export const verification = defineArea({ name: 'verification', operations: [], errors: {}, entities: [] });
