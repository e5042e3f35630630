import { hash } from '@node-rs/argon2';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { AccountEntity } from '../../src/domain/identity/entities.ts';
import { passwordRefusal } from '../../src/domain/identity/password-rules.ts';
import { isWeakHash } from '../../src/domain/identity/passwords.ts';
import { createHarness, type Harness } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';
import { actorOf, goodPassword, lettersTo, newEmail, signUp, tokenTo } from './mailbox.ts';

let market: Harness;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
});
afterAll(() => market.close());
afterEach(() => {
  market.clock.offsetMs = 0;
});

const newPassword = 'a quite different horse';
const forget = (identifier: string) => market.call(null, 'passwords.forgot', { identifier });
const reset = (token: string, password = newPassword) =>
  market.call(null, 'passwords.reset', { token, newPassword: password });
const login = (identifier: string, password: string) => market.call(null, 'sessions.login', { identifier, password });
const invalid = { ok: false, error: { code: 'passwords.reset_invalid' } };

test('a forgotten password is set anew by the link, once, and every session ends', async () => {
  const { email, tokens } = await signUp(market);
  await forget(email);
  const token = await tokenTo(market, email);
  market.delivered.length = 0;
  expect(await reset(token)).toMatchObject({ ok: true });
  expect(await reset(token)).toMatchObject(invalid);
  expect(await login(email, goodPassword)).toMatchObject({ ok: false });
  expect(await login(email, newPassword)).toMatchObject({ ok: true });
  const { refreshToken } = tokens;
  expect(await market.fails(null, 'sessions.refresh', { refreshToken })).toBe('sessions.refresh_invalid');
  expect(market.delivered.flatMap(({ evictions }) => evictions)[0]).toMatchObject({ reason: 'password reset' });
  expect((await lettersTo(market, email)).map(({ template }) => template)).toContain('password.changed');
});

test('a link is good for an hour, and ends when a newer one is sent', async () => {
  const { email } = await signUp(market);
  await forget(email);
  const old = await tokenTo(market, email);
  await forget(email);
  const fresh = await tokenTo(market, email);
  expect(await reset(old)).toMatchObject(invalid);
  market.clock.offsetMs = 3_600_001;
  expect(await reset(fresh)).toMatchObject(invalid);
  market.clock.offsetMs = 3_590_000;
  expect(await reset(fresh)).toMatchObject({ ok: true });
});

test('of many who use one link at once, one sets the password', async () => {
  const { email } = await signUp(market);
  await forget(email);
  const token = await tokenTo(market, email);
  const replies = await Promise.all(['one', 'two', 'three'].map((word) => reset(token, `${newPassword} ${word}`)));
  expect(replies.filter(({ ok }) => ok)).toHaveLength(1);
});

test('the answer never tells who is here, and a link goes only to whoever proved the address', async () => {
  const known = await signUp(market);
  const claimed = await signUp(market, { proven: false });
  const unknown = newEmail();
  for (const email of [known.email, claimed.email, unknown])
    expect(await forget(email)).toEqual({ ok: true, data: {} });
  const linksTo = async (email: string) =>
    (await lettersTo(market, email)).filter(({ template }) => template === 'password.reset').length;
  expect(await Promise.all([known.email, claimed.email, unknown].map(linksTo))).toEqual([1, 0, 0]);
});

test('three links an hour are sent for one identifier, and the answer stays the same', async () => {
  const { email } = await signUp(market);
  for (let asks = 0; asks < 5; asks += 1) expect(await forget(email)).toEqual({ ok: true, data: {} });
  const links = (await lettersTo(market, email)).filter(({ template }) => template === 'password.reset');
  expect(links).toHaveLength(3);
});

test('a changed password ends the other sessions and leaves this one', async () => {
  const { email, actor, tokens } = await signUp(market);
  const other = await market.ok(null, 'sessions.login', { identifier: email, password: goodPassword });
  await market.ok(actor, 'passwords.change', { currentPassword: goodPassword, newPassword });
  const refresh = (refreshToken: string) => market.call(null, 'sessions.refresh', { refreshToken });
  expect(await refresh(other.tokens.refreshToken)).toMatchObject({ ok: false });
  expect(await refresh(tokens.refreshToken)).toMatchObject({ ok: true });
});

test('a stolen session finds out the password in no more than five tries a quarter of an hour', async () => {
  const { actor } = await signUp(market);
  const change = (currentPassword: string) => market.call(actor, 'passwords.change', { currentPassword, newPassword });
  const replies = await Promise.all(Array.from({ length: 8 }, (_, index) => change(`wrong ${index}`)));
  const codes = replies.flatMap((reply) => (reply.ok ? [] : [reply.error.code])).toSorted();
  expect(codes.filter((code) => code === 'passwords.wrong')).toHaveLength(5);
  expect(codes.filter((code) => code === 'sessions.throttled')).toHaveLength(3);
  expect(await change(goodPassword)).toMatchObject({ error: { code: 'sessions.throttled' } });
});

test('no session is opened with a password that was changed while it was checked', async () => {
  const { email, actor } = await signUp(market);
  const [changed, ...logins] = await Promise.all([
    market.call(actor, 'passwords.change', { currentPassword: goodPassword, newPassword }),
    ...Array.from({ length: 4 }, () => login(email, goodPassword)),
  ]);
  expect(changed).toMatchObject({ ok: true });
  const { items } = await market.ok(actor, 'sessions.list');
  expect(items).toHaveLength(1);
  expect(logins).toHaveLength(4);
});

test.each([
  ['password123', 'passwords.too_common'],
  ['PassWord123', 'passwords.too_common'],
  ['aaaaaaaaaa', 'passwords.too_common'],
  ['Marketplace2026!', 'passwords.too_common'],
  ['asha@mail.test', 'passwords.personal'],
  ['+254712345678', 'passwords.personal'],
  ['Asha_Mwangi_1', 'passwords.personal'],
  ['correct horse battery', null],
  ['пароль с пробелами', null],
])('the password %s: %s', (password, refusal) => {
  const whose = { email: 'asha@mail.test', phone: '+254712345678', username: 'asha_mwangi_1', fullName: 'Asha Mwangi' };
  expect(passwordRefusal(password, whose)).toBe(refusal);
});

test.each([
  ['7 characters', '1a2b3c4', false],
  ['8 characters', 'zk4f q9w', true],
  ['8 emoji', '🦒🐘🦁🐆🦓🐊🦏🦛', true],
  ['7 emoji, which are 14 units', '🦒🐘🦁🐆🦓🐊🦏', false],
  ['200 characters', 'xy'.repeat(100), true],
  ['201 characters', `${'xy'.repeat(100)}z`, false],
])('of %s', async (_what, password, fits) => {
  const input = { username: `u${crypto.randomUUID().slice(0, 8)}`, password, fullName: 'Asha' };
  const reply = await market.call(null, 'accounts.register', input);
  expect(reply.ok || reply.error.code).toBe(fits || 'input.invalid');
});

test('one password has one spelling, however it was composed', async () => {
  const username = `u${crypto.randomUUID().slice(0, 8)}`;
  await market.ok(null, 'accounts.register', { username, password: 'café ﬁne words', fullName: 'Asha' });
  expect(await login(username, 'cafe\u0301 fine words')).toMatchObject({ ok: true });
});

test('a hash made with less is made anew at the next sign-in, and still fits', async () => {
  const { email, id } = await signUp(market);
  const weak = await hash(goodPassword, { memoryCost: 8_192, timeCost: 1, parallelism: 1 });
  const db = market.database.fork();
  await db.nativeUpdate(AccountEntity, { id: id as never }, { passwordHash: weak });
  expect(isWeakHash(weak)).toBe(true);
  for (let times = 0; times < 2; times += 1) expect(await login(email, goodPassword)).toMatchObject({ ok: true });
  const { passwordHash } = await market.database.fork().findOneOrFail(AccountEntity, { id: id as never });
  expect(passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
});

test('sign-in from a new device or country is told to the owner, not from a known one', async () => {
  const { email } = await signUp(market);
  const chrome = 'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile';
  const from = (meta: object) => market.ok(null, 'sessions.login', { identifier: email, password: goodPassword }, meta);
  const told = async () =>
    (await lettersTo(market, email)).filter(({ template }) => template === 'session.new').map(({ params }) => params);
  await from({});
  expect(await told()).toEqual([]);
  const { tokens } = await from({ userAgent: chrome, ip: '41.90.64.1' });
  await from({ userAgent: chrome, ip: '41.90.64.1' });
  expect(await told()).toEqual([{ device: 'Chrome on Android', place: 'Kenya', at: expect.any(String) }]);
  const { items } = await market.ok(await actorOf(market, tokens.accessToken), 'sessions.list');
  expect(items[0]).toMatchObject({ device: 'Chrome on Android', platform: 'mobile', country: 'KE' });
});
