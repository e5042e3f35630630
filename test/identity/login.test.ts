import { afterAll, beforeAll, expect, test } from 'vitest';
import { AccountEntity } from '../../src/domain/identity/entities.ts';
import { createHarness, type Harness } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';

let market: Harness;
const password = 'correct horse battery';
let userId: string;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
  const input = { email: 'asha@example.test', phone: '+254712345678', username: 'asha', password, fullName: 'Asha' };
  ({
    user: { id: userId },
  } = await market.ok(null, 'accounts.register', input));
});
afterAll(() => market.close());

test.each(['asha@example.test', 'ASHA@example.TEST', 'asha', 'Asha', '+254712345678'])(
  'a person signs in as %s',
  async (identifier) => {
    const { user, tokens } = await market.ok(null, 'sessions.login', { identifier, password });
    expect(user).toMatchObject({ id: userId, email: 'asha@example.test', roles: [] });
    expect(tokens).toMatchObject({ tokenType: 'Bearer', expiresIn: 900 });
    expect(market.tokens.verifyAccess(tokens.accessToken)).toMatchObject({ userId });
  },
);

test('a wrong password and an unknown account give the same answer', async () => {
  const wrong = await market.call(null, 'sessions.login', { identifier: 'asha', password: `${password}!` });
  const unknown = await market.call(null, 'sessions.login', { identifier: 'nobody', password });
  const told = (reply: typeof wrong) => (reply.ok ? reply : { ...reply.error, requestId: '' });
  expect(told(wrong)).toEqual(told(unknown));
  expect(told(wrong)).toMatchObject({ code: 'sessions.wrong_credentials' });
});

test('an account without a password cannot be signed in to with one', async () => {
  const juma = await market.user();
  const { email } = await market.ok(juma, 'users.me');
  const login = (tried: string) => market.fails(null, 'sessions.login', { identifier: email, password: tried });
  expect(await login('')).toBe('input.invalid');
  expect(await login('null')).toBe('sessions.wrong_credentials');
});

test('a suspended person cannot sign in, and is told why only with the right password', async () => {
  await market.ok(null, 'accounts.register', { username: 'baraka', password, fullName: 'Baraka' });
  const db = market.database.fork();
  await db.nativeUpdate(AccountEntity, { username: 'baraka' }, { suspendedAt: new Date() });
  const login = (tried: string) => market.fails(null, 'sessions.login', { identifier: 'baraka', password: tried });
  expect(await login(password)).toBe('auth.suspended');
  expect(await login('wrong')).toBe('sessions.wrong_credentials');
});

test('passwords are stored as argon2id only', async () => {
  const account = await market.database.fork().findOneOrFail(AccountEntity, { username: 'asha' });
  expect(account.passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
});
