import { defineConfig } from 'vitest/config';

/**
 * Modes: `full` brings up PostgreSQL and Redis; `tidy` needs nothing; any other uses the servers that DATABASE_URL and
 * REDIS_URL name, and the embedded database where they are unset.
 */
export default defineConfig(({ mode }) => ({
  test: {
    include: ['test/**/*.test.ts', 'client/**/*.test.ts'],
    globalSetup: mode === 'full' ? ['test/support/services/setup.ts'] : [],
    pool: 'forks',
    testTimeout: 30_000,
    hookTimeout: 60_000,
    teardownTimeout: 20_000,
  },
}));
