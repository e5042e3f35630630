/** Counts calls a minute. Implementations live outside the domain (memory or Redis). */
export interface RateLimiter {
  /** Takes one point of `perMinute` for `key`; the answer says how long to wait when there is none, else null. */
  take(key: string, perMinute: number): Promise<{ retryAfterMs: number } | null>;
}
