import { expect, test } from 'vitest';
import { maskConfig, readConfig } from '../../src/config.ts';

const production = {
  NODE_ENV: 'production',
  SANDBOX_PAYMENTS: 'false',
  DATABASE_URL: 'postgres://soko:p@ss/word@db:5432/soko?sslpassword=canary-3',
  PUBLIC_URL: 'https://market.example',
};

test('production starts with no secret that everybody knows', () => {
  expect(() => readConfig(production)).toThrow('JWT_SECRET');
  expect(() => readConfig({ ...production, JWT_PRIVATE_KEY: 'a key' })).toThrow('JWT_SECRET');
  expect(() => readConfig({ ...production, JWT_SECRET: 's'.repeat(32) })).not.toThrow();
});

test('the printed configuration shows no secret, whatever characters a password has', () => {
  const config = readConfig({
    ...production,
    JWT_SECRET: `canary-1-${'s'.repeat(32)}`,
    REDIS_URL: 'rediss://:canary-2@ca@nary-2@cache:6379',
    S3_BUCKET: 'b',
    S3_ACCESS_KEY: 'canary-4',
    S3_SECRET_KEY: 'canary-5',
  });
  const shown = JSON.stringify(maskConfig(config));
  expect(shown).not.toMatch(/canary|nary-2|p@ss|word@/);
  expect(shown).toContain('@cache:6379');
});

test('metrics, health and sockets are for this machine alone until told otherwise', () => {
  const { HOST, OPS_HOST } = readConfig({});
  expect([HOST, OPS_HOST]).toEqual(['127.0.0.1', '127.0.0.1']);
});
