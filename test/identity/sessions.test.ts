import { afterAll, beforeAll, expect, test } from 'vitest';
import { AccountEntity } from '../../src/domain/identity/entities.ts';
import { authenticate, authenticateMany } from '../../src/domain/identity/index.ts';
import { createHarness, type Harness } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';
import { testConnection } from '../support/transport.ts';

let market: Harness;
const password = 'correct horse battery';
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
});
afterAll(() => market.close());

let count = 0;
async function signUp() {
  count += 1;
  const input = { username: `asha${count}`, password, fullName: 'Asha' };
  const { user, tokens } = await market.ok(null, 'accounts.register', input);
  return { user, tokens, actor: await actorOf(tokens.accessToken) };
}

async function signInAgain(username: string) {
  const { tokens } = await market.ok(null, 'sessions.login', { identifier: username, password });
  return { tokens, actor: await actorOf(tokens.accessToken) };
}

async function actorOf(token: string) {
  const actor = await authenticate(market.database.fork(), market.tokens, token);
  if (typeof actor === 'string') throw new Error(actor);
  return actor;
}

const evictions = () => market.delivered.splice(0).flatMap((outbound) => outbound.evictions);
const reasonOf = (token: string) => authenticate(market.database.fork(), market.tokens, token);

test('a token speaks for its user with the roles held now', async () => {
  const { user, tokens } = await signUp();
  await market.database.fork().nativeUpdate(AccountEntity, { id: user.id }, { roles: ['moderator'] });
  expect(await reasonOf(tokens.accessToken)).toMatchObject({ kind: 'user', userId: user.id, roles: ['moderator'] });
});

test('signing out ends the session and cuts its sockets, and those of no other session', async () => {
  const { user, tokens, actor } = await signUp();
  const phone = await signInAgain(user.username);
  evictions();
  await market.ok(actor, 'sessions.logout');
  expect(evictions()).toEqual([{ sessionId: actor.sessionId, reason: 'logged out' }]);
  expect(await reasonOf(tokens.accessToken)).toBe('auth.revoked');
  const { refreshToken } = tokens;
  expect(await market.fails(null, 'sessions.refresh', { refreshToken })).toBe('sessions.refresh_invalid');
  expect(await reasonOf(phone.tokens.accessToken)).toMatchObject({ userId: user.id });
});

test('sessions are listed to their owner, newest first, without the ended ones', async () => {
  const { user, actor } = await signUp();
  const { actor: phone } = await signInAgain(user.username);
  const { items } = await market.ok(phone, 'sessions.list');
  expect(items.map(({ id, current }: { id: string; current: boolean }) => [id, current])).toEqual([
    [phone.sessionId, true],
    [actor.sessionId, false],
  ]);
  await market.ok(phone, 'sessions.revoke', { sessionId: actor.sessionId });
  expect((await market.ok(phone, 'sessions.list')).items).toHaveLength(1);
  expect((await market.ok(await market.user(), 'sessions.list')).items).toHaveLength(1);
});

test('a session is revoked by its owner alone, once', async () => {
  const { tokens, actor } = await signUp();
  const mallory = await market.user();
  expect(await market.fails(mallory, 'sessions.revoke', { sessionId: actor.sessionId })).toBe('sessions.not_found');
  expect(await reasonOf(tokens.accessToken)).toMatchObject({ sessionId: actor.sessionId });
  evictions();
  await market.ok(actor, 'sessions.revoke', { sessionId: actor.sessionId });
  expect(evictions()).toEqual([{ sessionId: actor.sessionId, reason: 'revoked' }]);
  expect(await market.fails(actor, 'sessions.revoke', { sessionId: actor.sessionId })).toBe('sessions.not_found');
});

test('an expired, forged, foreign or suspended token is refused with its reason', async () => {
  const { user, tokens, actor } = await signUp();
  const other = await market.user();
  expect(await reasonOf('not.a.token')).toBe('auth.invalid');
  const foreign = market.tokens.signAccess({ userId: other.actor.userId, sessionId: actor.sessionId });
  expect(await reasonOf(foreign)).toBe('auth.invalid');
  market.clock.offsetMs = market.tokens.accessTtlMs + 7_000;
  expect(await reasonOf(tokens.accessToken)).toBe('auth.expired');
  market.clock.offsetMs = 0;
  await market.database.fork().nativeUpdate(AccountEntity, { id: user.id }, { suspendedAt: new Date() });
  expect(await reasonOf(tokens.accessToken)).toBe('auth.suspended');
});

test('a live socket is kept open by a fresh token of its own session alone', async () => {
  const { tokens, actor, user } = await signUp();
  const connection = testConnection();
  const extend = (token: string) => market.call(actor, 'sessions.extend', { token }, { connection });
  const phone = await signInAgain(user.username);
  expect(await extend(phone.tokens.accessToken)).toMatchObject({ error: { code: 'sessions.token_mismatch' } });
  expect(await extend((await market.user()).token)).toMatchObject({ error: { code: 'sessions.token_mismatch' } });
  expect(await extend('forged')).toMatchObject({ error: { code: 'auth.invalid' } });
  expect(connection.expiresAt).toBeNull();
  const fresh = await market.ok(null, 'sessions.refresh', { refreshToken: tokens.refreshToken });
  expect(await extend(fresh.tokens.accessToken)).toMatchObject({ ok: true });
  expect(connection.expiresAt).toBeGreaterThan(Date.now());
});

test('many tokens are judged as each would be alone, in their order', async () => {
  const [asha, juma, zuri, neema] = await Promise.all([signUp(), signUp(), signUp(), signUp()]);
  await market.ok(juma.actor, 'sessions.logout');
  await market.database.fork().nativeUpdate(AccountEntity, { id: zuri.user.id }, { suspendedAt: new Date() });
  const { userId, sessionId } = neema.actor;
  const stolen = market.tokens.signAccess({ userId: asha.actor.userId, sessionId });
  market.clock.offsetMs = -3_600_000;
  const expired = market.tokens.signAccess({ userId, sessionId });
  market.clock.offsetMs = 0;
  const tokens = [asha, juma, zuri, asha].map((one) => one.tokens.accessToken);
  const all = ['forged', ...tokens, stolen, expired, neema.tokens.accessToken];
  const answers = await authenticateMany(market.database.fork(), market.tokens, all);
  expect(answers).toEqual(await Promise.all(all.map(reasonOf)));
  expect(answers.map((answer) => (typeof answer === 'string' ? answer : answer.userId))).toEqual([
    'auth.invalid',
    asha.user.id,
    'auth.revoked',
    'auth.suspended',
    asha.user.id,
    'auth.invalid',
    'auth.expired',
    neema.user.id,
  ]);
  expect(await authenticateMany(market.database.fork(), market.tokens, [])).toEqual([]);
});
