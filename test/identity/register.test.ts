import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHarness, type Harness } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';

let market: Harness;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
});
afterAll(() => market.close());

const password = 'correct horse battery';
const register = (input: object) => market.call(null, 'accounts.register', { password, fullName: 'Asha', ...input });

test('a new account is signed in and tells nothing of its password', async () => {
  const location = { lat: -6.8, lon: 39.28 };
  const { user, tokens } = await market.ok(null, 'accounts.register', {
    email: 'asha@example.test',
    password,
    fullName: ' Asha M. ',
    location,
    role: 'seller',
  });
  const expected = { email: 'asha@example.test', fullName: 'Asha M.', location, marketRole: 'seller', version: 1 };
  expect(user).toMatchObject(expected);
  expect(JSON.stringify(user)).not.toMatch(/password|argon/i);
  expect(market.tokens.verifyAccess(tokens.accessToken)).toMatchObject({ userId: user.id });
});

test('nobody registers with a role', async () => {
  expect(await register({ username: 'mallory', roles: ['admin'] })).toMatchObject({ error: { code: 'input.invalid' } });
  expect(await register({ username: 'mallory', role: 'admin' })).toMatchObject({ error: { code: 'input.invalid' } });
});

test('of many who register one name at once, one gets it', async () => {
  const replies = await Promise.all(['Juma', 'juma', 'JUMA', 'juma'].map((username) => register({ username })));
  expect(replies.filter(({ ok }) => ok)).toHaveLength(1);
  const codes = replies.flatMap((reply) => (reply.ok ? [] : [reply.error.code]));
  expect(codes).toEqual(['accounts.taken', 'accounts.taken', 'accounts.taken']);
});

test.each([
  ['no identifier', {}, 'accounts.identifier_required'],
  ['a bad e-mail address', { email: 'asha@' }, 'input.invalid'],
  ['a local phone number', { phone: '0712345678' }, 'input.invalid'],
  ['a name with spaces', { username: 'asha m' }, 'input.invalid'],
  ['a short password', { username: 'asha', password: 'short' }, 'input.invalid'],
  ['an empty name', { username: 'asha', fullName: '  ' }, 'input.invalid'],
  ['a place off the globe', { username: 'asha', location: { lat: 91, lon: 0 } }, 'input.invalid'],
])('registering with %s is refused', async (_what, input, code) => {
  expect(await register(input)).toMatchObject({ ok: false, error: { code } });
});
