import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const patience = {
  // What a test proves is in its checks: these only end what hangs, on a machine five times slower than ours too.
  testTimeout: 120_000,
  hookTimeout: 120_000,
  teardownTimeout: 20_000,
  expect: { poll: { timeout: 20_000 } },
};
const shared = { pool: 'forks', ...patience } as const;

/** One cluster at a time: each is a machine's worth of processes. */
const alone = { maxWorkers: 1, testTimeout: 180_000 };

/** They put modules of their own in place of others', which must not have been loaded before, nor be seen after. */
const replacing = ['test/simulation/client-rule.test.ts', 'test/simulation/mutants.test.ts'];
const outside = ['**/node_modules/**', 'test/chaos/**'];

/**
 * Modes: `full` brings up PostgreSQL and Redis; `quick` uses the embedded database and skips what needs a server;
 * `chaos` runs the clusters of test/chaos, which start and kill servers of their own; any other uses the servers that
 * DATABASE_URL and REDIS_URL name, and does without those that are unset.
 *
 * Files take turns in a few processes, which load the domain once and are warm from the second file on: loading it
 * for each file cost more than its tests. So no module may keep anything that a later file could notice.
 */
export default defineConfig(({ mode }) => {
  if (mode === 'quick')
    console.log('quick: on the embedded database; tests of PostgreSQL or Redis servers are skipped');
  if (mode === 'chaos') return { test: { ...shared, include: ['test/chaos/**/*.test.ts'], ...alone } };
  const common = {
    ...shared,
    env: mode === 'quick' ? { DATABASE_URL: '', REDIS_URL: '' } : {},
    maxWorkers: availableParallelism() + 1,
  };
  const include = ['test/**/*.test.ts', 'client/**/*.test.ts'];
  return {
    test: {
      // The run's folder comes after the services: PostgreSQL runs as another user, who may not enter it.
      globalSetup: [...(mode === 'full' ? ['test/support/services/setup.ts'] : []), 'test/support/run-folder.ts'],
      maxWorkers: common.maxWorkers,
      projects: [
        { test: { ...common, name: 'turns', include, exclude: [...outside, ...replacing], isolate: false } },
        { test: { ...common, name: 'alone', include: replacing, exclude: outside, isolate: true } },
      ],
    },
  };
});
