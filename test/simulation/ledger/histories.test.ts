import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MarketDays } from './market-day.ts';
import { plans } from './plan.ts';

/** CI plays 500, and more on demand: SIMULATION_RUNS=20000, each of up to SIMULATION_STEPS=30 steps more. */
const onServer = Boolean(process.env.DATABASE_URL);
const numRuns = Number(process.env.SIMULATION_RUNS ?? (onServer ? 60 : 20));
// CI judges a change and not its luck: it plays the same histories each time, and everybody else new ones.
const { SIMULATION_SEED = process.env.CI ? '20261126' : undefined, SIMULATION_PATH } = process.env;
/** Histories that share a clock and a worker, on markets of their own: sweeping costs most of the time. */
const together = 10;
const timeoutMs = 300_000 + numRuns * 2_000;

/** A failure is told with these. What is done at the same moment may go another way when it is played again. */
const chosen = {
  ...(SIMULATION_SEED && { seed: Number(SIMULATION_SEED) }),
  ...(SIMULATION_PATH && { path: SIMULATION_PATH }),
};

let days: MarketDays;
beforeAll(async () => {
  days = await MarketDays.open();
});
afterAll(() => days.market.close());

test(
  'attack 15: whatever people, hubs, banks and the clock do, money and goods are where they should be',
  async () => {
    let orders = 0;
    const towns = fc.array(plans, { minLength: together, maxLength: together });
    const property = fc.asyncProperty(towns, async (town) => {
      const played = await days.play(town);
      orders += played.orders;
      expect(played.wrong).toEqual([]);
    });
    // The first failure is told at once: looking for a shorter one would take longer than the test may.
    const settings = { ...chosen, numRuns: Math.ceil(numRuns / together), endOnFailure: true };
    const { failed, seed, counterexamplePath, errorInstance, counterexample } = await fc.check(property, settings);
    const replay = `SIMULATION_SEED=${seed} SIMULATION_PATH=${counterexamplePath} SIMULATION_RUNS=${together}`;
    if (failed)
      throw new Error(`play it again with ${replay}\n${JSON.stringify(counterexample)}`, { cause: errorInstance });
    expect(await days.all()).toEqual([]);
    // A plan in which nobody buys shows nothing.
    expect(orders).toBeGreaterThan(numRuns);
  },
  timeoutMs,
);
