export { createHttp, type Http } from './app.ts';
export { createMetrics, type Metrics } from './metrics.ts';
export { createOps } from './ops.ts';
export type { DiskFiles, HttpParts, HttpSettings, Readiness } from './parts.ts';
