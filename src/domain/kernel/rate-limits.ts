/** Counts calls a minute. Implementations live outside the domain (memory or Redis). */
export interface RateLimiter {
  /**
   * Takes one point of `perMinute` for `key`; the answer says how long to wait when there is none, else null. Counted
   * over the whole cluster, or by this node alone: bounds against floods need no round trip.
   */
  take(key: string, perMinute: number, scope?: 'cluster' | 'node'): Promise<{ retryAfterMs: number } | null>;
}
