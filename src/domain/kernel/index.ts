export * from './actor.ts';
export type { AuditEntry } from './audit.ts';
export { audiencePort, type Audience } from './audience.ts';
export { clockPort, databaseNow, type Clock } from './clock.ts';
export { isUnavailable } from './database-errors.ts';
export * from './define.ts';
export * from './errors.ts';
export { recentEvictions, type RecordedEviction } from './evictions.ts';
export {
  createExecute,
  replyError,
  type Execute,
  type Observation,
  type Outbound,
  type PipelineParts,
  type Reply,
  type ReplyError,
} from './execute.ts';
export * from './geo.ts';
export { HttpsUrl } from './https-url.ts';
export * from './ids.ts';
export * from './inbox.ts';
export * from './inbox-guard.ts';
export { limits } from './limits.ts';
export { alwaysThere, type Liveness } from './liveness.ts';
export * from './machine.ts';
export * from './money.ts';
export { isOwnOrigin, onlyCookie, type OwnSite } from './own-site.ts';
export * from './pagination.ts';
export { personalDataPort, type PersonalData } from './personal-data.ts';
export * from './ports.ts';
export type { RateLimiter } from './rate-limits.ts';
export * from './timestamp.ts';
export { inTransaction, lastStatement } from './transaction.ts';
