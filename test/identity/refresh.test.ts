import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHarness, type Harness } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';
import { actorOf, goodPassword, signUp } from './mailbox.ts';

let market: Harness;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
});
afterAll(async () => market.close());

const refresh = (refreshToken: string) => market.call(null, 'sessions.refresh', { refreshToken });
const refused = { ok: false, error: { code: 'sessions.refresh_invalid' } };
const evictions = () => market.delivered.splice(0).flatMap((outbound) => outbound.evictions);

async function rotate(refreshToken: string): Promise<string> {
  return (await market.ok(null, 'sessions.refresh', { refreshToken })).tokens.refreshToken;
}

test('an old refresh token used later revokes the whole session', async () => {
  const { tokens, actor } = await signUp(market);
  const next = await rotate(tokens.refreshToken);
  evictions();
  market.clock.offsetMs += 30_001;
  for (const token of [tokens.refreshToken, next]) expect(await refresh(token)).toMatchObject(refused);
  expect(evictions()).toEqual([{ sessionId: actor.actor.sessionId, reason: 'refresh token reused' }]);
});

test('an old refresh token revokes the session at once where its successor was used', async () => {
  const { tokens } = await signUp(market);
  const third = await rotate(await rotate(tokens.refreshToken));
  expect(await refresh(tokens.refreshToken)).toMatchObject(refused);
  expect(await refresh(third)).toMatchObject(refused);
});

test('a refresh whose answer was lost is repeated and gets the same token', async () => {
  const { tokens } = await signUp(market);
  const next = await rotate(tokens.refreshToken);
  expect(await rotate(tokens.refreshToken)).toBe(next);
  expect(await refresh(next)).toMatchObject({ ok: true });
});

test('of many refreshes at once with one token, all get the one token that follows', async () => {
  const { tokens } = await signUp(market);
  const given = await Promise.all(Array.from({ length: 8 }, () => rotate(tokens.refreshToken)));
  expect(new Set(given).size).toBe(1);
  expect(await refresh(given[0]!)).toMatchObject({ ok: true });
});

test('a suspended person gets no new tokens', async () => {
  const { tokens, id } = await signUp(market);
  await market.ok(await market.user({ roles: ['admin'] }), 'users.suspend', { userId: id, reason: 'fraud' });
  expect(await refresh(tokens.refreshToken)).toMatchObject({ error: { code: 'auth.suspended' } });
});

test('a person has at most 50 sessions; the one not used for longest ends', async () => {
  const { email, tokens, actor } = await signUp(market);
  const signIn = () => market.ok(null, 'sessions.login', { identifier: email, password: goodPassword });
  for (let sessions = 1; sessions < 50; sessions += 1) await signIn();
  expect((await market.ok(actor, 'sessions.list')).items).toHaveLength(50);
  evictions();
  const { tokens: newest } = await signIn();
  expect(evictions()).toEqual([{ sessionId: actor.actor.sessionId, reason: 'too many sessions' }]);
  expect(await refresh(tokens.refreshToken)).toMatchObject(refused);
  expect((await market.ok(await actorOf(market, newest.accessToken), 'sessions.list')).items).toHaveLength(50);
}, 60_000);
