import { defineArea } from '../kernel/define.ts';

export const notifications = defineArea({ name: 'notifications', operations: [], errors: {}, entities: [] });
