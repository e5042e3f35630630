import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { faultyPlans, losslessPlans } from './plan.ts';
import { inWorld, play, repairMs } from './world.ts';

// What is outside: the client's transport, and the timers that only this module gives.
vi.mock('socket.io-client', async () => ({ io: (await import('./sim-network.ts')).io }));
vi.mock('node:timers/promises', () => ({
  setTimeout: (ms: number, value: unknown) => new Promise((resolve) => void setTimeout(resolve, ms, value)),
}));

/** More on demand: SIMULATION_RUNS=20000. A failure prints the seed and path that play it again. */
const numRuns = Number(process.env.SIMULATION_RUNS ?? 500);
const timeoutMs = 60_000 + numRuns * 100;

test(
  'whatever is cut, killed, lost, doubled, pruned or restored, every client has the database log, in order, once',
  async () => {
    await fc.assert(
      fc.asyncProperty(faultyPlans, async (plan) => {
        expect((await play(plan)).violations).toEqual([]);
      }),
      { numRuns },
    );
  },
  timeoutMs,
);

test(
  'where nothing is lost between the nodes, the resume alone brings everything, without a head check',
  async () => {
    await fc.assert(
      fc.asyncProperty(losslessPlans, async (plan) => {
        expect((await play(plan, { deafHeadCheck: true })).violations).toEqual([]);
      }),
      { numRuns },
    );
  },
  timeoutMs,
);

test(
  'a last event whose push was lost reaches every connected client within five seconds',
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat({ max: 4_000 }), async (seed, afterMs) => {
        const late = await inWorld({ seed }, async (world) => {
          await world.heal();
          await world.time.pass(afterMs);
          const before = world.devices.map(({ cursor }) => cursor?.seq);
          world.redis.flaws = { doubled: 0, lost: 1 };
          void world.commit(world.nodes[seed % 3]!, ['ann', 'ben']);
          while (world.database.head('ben') === 0) await world.time.pass(1);
          await world.time.pass(repairMs);
          expect(before).toEqual([0, 0, 0]);
          return world.devices.filter(({ cursor }) => cursor?.seq !== 1);
        });
        expect(late).toEqual([]);
      }),
      { numRuns: Math.ceil(numRuns / 5) },
    );
  },
  timeoutMs,
);

test(
  'a history that is played again goes the same way',
  async () => {
    await fc.assert(
      fc.asyncProperty(faultyPlans, async (plan) => {
        const first = await play(plan);
        expect((await play(plan)).trace).toEqual(first.trace);
      }),
      { numRuns: Math.ceil(numRuns / 25) },
    );
  },
  timeoutMs,
);
