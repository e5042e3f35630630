import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible';
import type { RateLimiter } from '../domain/kernel/index.ts';
import type { RedisLink } from './redis-link.ts';

/** Counts in Redis for all nodes together; in this process alone without Redis and while Redis is away. */
export function createLimiter(link: RedisLink | null, prefix: string): RateLimiter {
  const byRate = new Map<number, { shared: RateLimiterAbstract; own: RateLimiterAbstract }>();
  const limitersOf = (perMinute: number) => {
    const known = byRate.get(perMinute);
    if (known) return known;
    const options = { points: perMinute, duration: 60, keyPrefix: `${prefix}limit:${perMinute}` };
    const own = new RateLimiterMemory(options);
    const shared =
      link === null
        ? own
        : new RateLimiterRedis({
            ...options,
            storeClient: link.commands,
            rejectIfRedisNotReady: true,
            insuranceLimiter: own,
            // Whoever is over the limit is refused here, without asking Redis each time.
            inMemoryBlockOnConsumed: perMinute + 1,
          });
    const limiters = { shared, own };
    byRate.set(perMinute, limiters);
    return limiters;
  };
  return {
    async take(key, perMinute, scope = 'cluster') {
      const { shared, own } = limitersOf(perMinute);
      try {
        await (scope === 'cluster' && (link === null || link.healthy()) ? shared : own).consume(key);
        return null;
      } catch (refusal) {
        if (refusal instanceof RateLimiterRes) return { retryAfterMs: Math.max(1, Math.ceil(refusal.msBeforeNext)) };
        throw refusal;
      }
    },
  };
}
