import fc from 'fast-check';
import type { RedisFlaws } from './sim-redis.ts';

/** What happens after a while: a commit, a fault, or a change that only the database's operators make. */
export interface Step {
  readonly do: 'commit' | 'cut' | 'kill' | 'redis' | 'database' | 'restore' | 'prune' | 'restart';
  /** Milliseconds after the step before. */
  readonly afterMs: number;
  /** Which node or device. */
  readonly which: number;
  /** How long the fault lasts, or how late it is noticed. */
  readonly ms: number;
  readonly count: number;
  readonly forBoth: boolean;
}

/** One history. The seed decides how long each message and each read takes. */
export interface Plan {
  readonly seed: number;
  readonly redis: RedisFlaws;
  readonly steps: readonly Step[];
}

type Weights = Partial<Record<Step['do'], number>>;

const everything: Weights = { commit: 12, cut: 3, kill: 1, redis: 1, database: 1, restore: 1, prune: 1, restart: 2 };
/** Nothing is lost between the nodes: then the resume alone has to bring everything. */
const nothingLost: Weights = { commit: 12, cut: 4, restart: 4 };

function plans(weights: Weights, redis: fc.Arbitrary<RedisFlaws>, stepsMax: number): fc.Arbitrary<Plan> {
  const step = fc.record({
    do: fc.oneof(
      ...(Object.entries(weights) as [Step['do'], number][]).map(([name, weight]) => ({
        weight,
        arbitrary: fc.constant(name),
      })),
    ),
    afterMs: fc.oneof(
      { weight: 5, arbitrary: fc.integer({ min: 0, max: 60 }) },
      { weight: 2, arbitrary: fc.integer({ min: 0, max: 1_000 }) },
      { weight: 1, arbitrary: fc.integer({ min: 0, max: 6_000 }) },
    ),
    which: fc.nat({ max: 5 }),
    ms: fc.oneof(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 8_000 })),
    count: fc.nat({ max: 5 }),
    forBoth: fc.boolean(),
  });
  return fc.record({ seed: fc.nat(), redis, steps: fc.array(step, { maxLength: stepsMax, size: 'max' }) });
}

const share = fc.constantFrom(0, 0, 0.1, 0.5);

export const faultyPlans = plans(everything, fc.record({ doubled: share, lost: share }), 30);
export const losslessPlans = plans(nothingLost, fc.record({ doubled: share, lost: fc.constant(0) }), 30);
