import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const shared = { pool: 'forks', testTimeout: 30_000, hookTimeout: 60_000, teardownTimeout: 20_000 } as const;

/** One cluster at a time: each is a machine's worth of processes. */
const alone = { maxWorkers: 1, testTimeout: 180_000, hookTimeout: 120_000 };

/**
 * Modes: `full` brings up PostgreSQL and Redis; `quick` uses the embedded database and skips what needs a server;
 * `chaos` runs the clusters of test/chaos, which start and kill servers of their own; any other uses the servers that
 * DATABASE_URL and REDIS_URL name, and does without those that are unset.
 */
export default defineConfig(({ mode }) => {
  if (mode === 'quick')
    console.log('quick: on the embedded database; tests of PostgreSQL or Redis servers are skipped');
  if (mode === 'chaos') return { test: { ...shared, include: ['test/chaos/**/*.test.ts'], ...alone } };
  return {
    test: {
      ...shared,
      include: ['test/**/*.test.ts', 'client/**/*.test.ts'],
      exclude: ['**/node_modules/**', 'test/chaos/**'],
      // The run's folder comes after the services: PostgreSQL runs as another user, who may not enter it.
      globalSetup: [...(mode === 'full' ? ['test/support/services/setup.ts'] : []), 'test/support/run-folder.ts'],
      env: mode === 'quick' ? { DATABASE_URL: '', REDIS_URL: '' } : {},
      // Files mostly wait, for a database or for a clock.
      maxWorkers: availableParallelism() + 1,
    },
  };
});
