export { createHttp, type Http } from './app.ts';
export type { DiskFiles, HttpParts, HttpSettings, Readiness } from './parts.ts';
