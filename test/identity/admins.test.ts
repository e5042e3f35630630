import { afterAll, beforeAll, expect, test } from 'vitest';
import { grantAdmin } from '../../src/domain/identity/index.ts';
import { inTransaction } from '../../src/domain/kernel/index.ts';
import { createHarness, type Harness } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';
import { lettersTo, newEmail, signUp, tokenTo } from './mailbox.ts';

let market: Harness;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
});
afterAll(() => market.close());

const admin = () => market.user({ roles: ['admin'] });
const evictions = () => market.delivered.splice(0).flatMap((outbound) => outbound.evictions);

test('a role is given and taken, open sockets are asked again, and the person hears of it', async () => {
  const boss = await admin();
  const asha = await market.user();
  evictions();
  const given = await market.ok(boss, 'users.setRoles', { userId: asha.id, roles: ['moderator', 'moderator', 'hub'] });
  expect(given.roles).toEqual(['hub', 'moderator']);
  expect(evictions()).toEqual([{ userId: asha.id, recheck: true }]);
  expect((await market.inboxOf(asha)).at(-1)?.data.roles).toEqual(['hub', 'moderator']);
  await market.ok(boss, 'users.setRoles', { userId: asha.id, roles: [] });
  expect((await market.ok(asha, 'users.me')).roles).toEqual([]);
});

test('of two admins who take each other’s role at once, one remains', async () => {
  const [one, two] = [await admin(), await admin()];
  const replies = await Promise.all([
    market.call(one, 'users.setRoles', { userId: two.id, roles: [] }),
    market.call(two, 'users.setRoles', { userId: one.id, roles: [] }),
  ]);
  expect(replies.filter(({ ok }) => ok)).toHaveLength(1);
  expect(replies.find(({ ok }) => !ok)).toMatchObject({ error: { code: 'auth.forbidden' } });
});

test('a suspended person is cut off and cannot be seen; their reason is for admins alone', async () => {
  const boss = await admin();
  const asha = await market.user();
  evictions();
  const view = await market.ok(boss, 'users.suspend', { userId: asha.id, reason: 'fraud' });
  expect(view).toMatchObject({ suspensionReason: 'fraud', suspendedAt: expect.any(String) });
  expect(evictions()).toEqual([{ userId: asha.id, reason: 'suspended' }]);
  expect(await market.fails(null, 'users.get', { userId: asha.id })).toBe('users.not_found');
  expect(await market.fails(boss, 'users.suspend', { userId: asha.id, reason: 'again' })).toBe('users.wrong_state');
  await market.ok(boss, 'users.unsuspend', { userId: asha.id });
  expect(await market.ok(null, 'users.get', { userId: asha.id })).not.toHaveProperty('suspensionReason');
});

test('an invited person chooses a password by the link, which proves the address', async () => {
  const email = newEmail();
  const made = await market.ok(await admin(), 'users.create', { email, fullName: 'Juma', roles: ['hub'] });
  expect(made).toMatchObject({ email, emailVerified: false, roles: ['hub'] });
  expect((await lettersTo(market, email))[0]).toMatchObject({ template: 'account.invited', params: { days: 7 } });
  const newPassword = 'a quite different horse';
  await market.ok(null, 'passwords.reset', { token: await tokenTo(market, email), newPassword });
  const { user } = await market.ok(null, 'sessions.login', { identifier: email, password: newPassword });
  expect(user).toMatchObject({ id: made.id, emailVerified: true });
});

test('nobody is invited at an address that somebody proved', async () => {
  const { email } = await signUp(market);
  expect(await market.fails(await admin(), 'users.create', { email, fullName: 'Juma' })).toBe('accounts.taken');
});

test('people are found by role, state and text, page by page', async () => {
  const boss = await admin();
  const names = ['Zuri 100% One', 'Zuri 100% Two', 'Zuri 100x Three'];
  const people = [];
  for (const fullName of names) people.push(await market.user({ fullName, roles: ['analyst'] }));
  await market.ok(boss, 'users.suspend', { userId: people[0]!.id, reason: 'a' });
  const list = async (input: object) =>
    (await market.ok(boss, 'users.list', input)).items.map(({ fullName }: { fullName: string }) => fullName);
  expect(await list({ text: 'zuri 100%' })).toEqual([names[1], names[0]]);
  expect(await list({ role: 'analyst', state: 'active' })).toEqual([names[2], names[1]]);
  expect(await list({ text: 'zuri', state: 'suspended' })).toEqual([names[0]]);
  const first = await market.ok(boss, 'users.list', { role: 'analyst', limit: 2 });
  expect(await list({ role: 'analyst', limit: 2, cursor: first.nextCursor })).toEqual([names[0]]);
});

test('the first admin is made by whoever runs the server, of a proven address only', async () => {
  const store = { sql: market.database.sql, fork: () => market.database.fork() };
  const grant = (identifier: string) => inTransaction(store, (transaction) => grantAdmin(transaction, identifier));
  const asha = await signUp(market);
  const mallory = await signUp(market, { proven: false });
  expect(await grant(mallory.email)).toBe(false);
  expect(await grant(newEmail())).toBe(false);
  expect(await grant(asha.email)).toBe(true);
  expect((await market.inboxOf(asha.actor)).at(-1)?.data).toMatchObject({ roles: ['admin'], version: 3 });
});

test('what admins write of people is logged without names and addresses', async () => {
  const email = newEmail();
  await market.ok(await admin(), 'users.create', { email, fullName: 'Juma Secretive' });
  const rows = await market.database.orm.em.getConnection().execute('select details::text as text from audit_entry');
  const text = JSON.stringify(rows);
  expect(text).toContain('[hidden]');
  expect(text).not.toContain(email);
  expect(text).not.toContain('Juma Secretive');
});
