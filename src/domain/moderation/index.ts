import { defineArea } from '../kernel/define.ts';

export const moderation = defineArea({ name: 'moderation', operations: [], errors: {}, entities: [] });
