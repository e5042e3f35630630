import { defineArea } from '../kernel/define.ts';

export const merchants = defineArea({ name: 'merchants', operations: [], errors: {}, entities: [] });
