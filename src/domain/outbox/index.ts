import { defineArea } from '../kernel/define.ts';

export { channels, enqueueMessage, type Channel, type Message } from './enqueue.ts';
export { locales, type Locale, type TemplateKey, type TemplateParams } from './templates.ts';

export const outbox = defineArea({ name: 'outbox', operations: [], errors: {}, entities: [] });
