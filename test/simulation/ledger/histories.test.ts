import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MarketDays } from './market-day.ts';
import { plans } from './plan.ts';

/** CI plays 500, and more on demand: SIMULATION_RUNS=20000. A failure prints the seed and path that play it again. */
const onServer = Boolean(process.env.DATABASE_URL);
const numRuns = Number(process.env.SIMULATION_RUNS ?? (onServer ? 60 : 20));
/** Histories that share a clock and a worker, on markets of their own: sweeping costs most of the time. */
const together = 5;
const timeoutMs = 300_000 + numRuns * 2_000;

let days: MarketDays;
beforeAll(async () => {
  days = await MarketDays.open();
});
afterAll(() => days.market.close());

test(
  'attack 15: whatever buyers, sellers, the bank and the clock do, money and goods are where the books say',
  async () => {
    let orders = 0;
    const towns = fc.array(plans, { minLength: together, maxLength: together });
    const property = fc.asyncProperty(towns, async (town) => {
      const played = await days.play(town);
      orders += played.orders;
      expect(played.wrong).toEqual([]);
    });
    // The first failure is told at once: looking for a shorter one would take longer than the test may.
    await fc.assert(property, { numRuns: Math.ceil(numRuns / together), endOnFailure: true });
    expect(await days.all()).toEqual([]);
    // A plan in which nobody buys shows nothing.
    expect(orders).toBeGreaterThan(numRuns);
  },
  timeoutMs,
);
