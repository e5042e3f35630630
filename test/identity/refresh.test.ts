import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHarness, type Harness } from '../support/harness.ts';

let market: Harness;
beforeAll(async () => {
  market = await createHarness();
});
afterAll(() => market.close());

test('a reused refresh token revokes the whole session', async () => {
  const { tokens } = await market.ok(null, 'accounts.register', {
    username: 'asha',
    password: 'correct horse',
    fullName: 'Asha',
  });
  const rotated = await market.ok(null, 'sessions.refresh', { refreshToken: tokens.refreshToken });
  for (const { refreshToken } of [tokens, rotated.tokens]) {
    expect(await market.fails(null, 'sessions.refresh', { refreshToken })).toBe('sessions.refresh_invalid');
  }
  expect(market.delivered.flatMap((outbound) => outbound.evictions)).toHaveLength(1);
});
