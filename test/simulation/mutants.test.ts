import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { faultyPlans, losslessPlans, type Plan } from './plan.ts';
import { play, type Flaws } from './world.ts';

// What is outside: the client's transport, and the timers that only this module gives.
vi.mock('socket.io-client', async () => ({ io: (await import('./sim-network.ts')).io }));
vi.mock('node:timers/promises', () => ({
  setTimeout: (ms: number, value: unknown) => new Promise((resolve) => void setTimeout(resolve, ms, value)),
}));

type Plans = fc.Arbitrary<Plan>;

/** Each is found within a few dozen. */
const runsMax = 1_000;
const deaf: Flaws = { deafHeadCheck: true };
const [behind, unlike] = [/ stands at /, / stands at | holds /];

// The histories of client-rule.test.ts, in worlds that are wrong in one thing: each is found out, by what it breaks.
const mutants: [string, Plans, Flaws, RegExp][] = [
  ['clients do not pull on a gap', faultyPlans, { unheard: 'sync.pull' }, behind],
  ['clients apply all that comes', faultyPlans, { naivety: 'applies all' }, /was applied at/],
  ['clients drop what is old and skip what is missing', faultyPlans, { naivety: 'skips gaps' }, /was applied at/],
  ['nodes never compare heads', faultyPlans, deaf, behind],
  ['the epoch stays the same after a restore', faultyPlans, { keepsEpoch: true }, unlike],
  ['numbers are drawn before the commit', faultyPlans, { numbersEarly: true }, unlike],
  ['sockets join before what was missed is read', losslessPlans, { ...deaf, joinsFirst: true }, /came (before|where)/],
  ['nodes do not read again after the join', losslessPlans, { ...deaf, skipsRepeat: true }, behind],
  ['nodes read before they hear what is published', losslessPlans, { ...deaf, ignoresSubscribed: true }, behind],
];

test.each(mutants)('it is found out when %s', async (_, plans, flaws, sign) => {
  const rule = fc.asyncProperty(plans, async (plan) => {
    const { violations } = await play(plan, flaws);
    return !violations.some((violation) => sign.test(violation));
  });
  expect((await fc.check(rule, { numRuns: runsMax, endOnFailure: true })).failed).toBe(true);
});
