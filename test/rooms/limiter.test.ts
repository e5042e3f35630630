import { afterEach, describe, expect, test } from 'vitest';
import { modes, newPrefix, redisUrl, startNode, stopNodes } from './nodes.ts';

afterEach(stopNodes);

describe.each(modes)('limiting in %s', (mode) => {
  test('calls above the rate are refused with the time to wait', async () => {
    const {
      rooms: { limiter },
    } = await startNode(mode === 'redis' ? { redisUrl } : {});
    const answers = await Promise.all(Array.from({ length: 12 }, () => limiter.take('u1:offers.accept', 10)));
    const refused = answers.filter((answer) => answer !== null);
    expect(refused).toHaveLength(2);
    for (const { retryAfterMs } of refused) expect(retryAfterMs).toBeGreaterThan(50_000);
    for (const { retryAfterMs } of refused) expect(retryAfterMs).toBeLessThanOrEqual(60_000);
    expect(await limiter.take('u2:offers.accept', 10)).toBeNull();
    expect(await limiter.take('u1:offers.accept', 10)).not.toBeNull();
  });
});

test.skipIf(!redisUrl)('nodes count together', async () => {
  const prefix = newPrefix();
  const one = await startNode({ redisUrl, prefix });
  const two = await startNode({ redisUrl, prefix });
  for (let index = 0; index < 3; index += 1) expect(await one.rooms.limiter.take('u1:x', 5)).toBeNull();
  for (let index = 0; index < 2; index += 1) expect(await two.rooms.limiter.take('u1:x', 5)).toBeNull();
  expect(await one.rooms.limiter.take('u1:x', 5)).not.toBeNull();
  expect(await two.rooms.limiter.take('u1:x', 5)).not.toBeNull();
});
