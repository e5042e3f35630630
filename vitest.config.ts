import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/**
 * Modes: `full` brings up PostgreSQL and Redis; `quick` uses the embedded database and skips what needs a server; any
 * other uses the servers that DATABASE_URL and REDIS_URL name, and does without those that are unset.
 */
export default defineConfig(({ mode }) => {
  if (mode === 'quick')
    console.log('quick: on the embedded database; tests of PostgreSQL or Redis servers are skipped');
  return {
    test: {
      include: ['test/**/*.test.ts', 'client/**/*.test.ts'],
      // The run's folder comes after the services: PostgreSQL runs as another user, who may not enter it.
      globalSetup: [...(mode === 'full' ? ['test/support/services/setup.ts'] : []), 'test/support/run-folder.ts'],
      env: mode === 'quick' ? { DATABASE_URL: '', REDIS_URL: '' } : {},
      pool: 'forks',
      // Files mostly wait, for a database or for a clock.
      maxWorkers: availableParallelism() + 1,
      testTimeout: 30_000,
      hookTimeout: 60_000,
      teardownTimeout: 20_000,
    },
  };
});
