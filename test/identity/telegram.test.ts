import { afterAll, beforeAll, expect, test } from 'vitest';
import { telegramPort } from '../../src/domain/identity/index.ts';
import { createHarness, type Harness, type TestUser } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';
import { newTelegramId, signInitData, testBotToken } from '../support/telegram.ts';

let market: Harness;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
});
afterAll(() => market.close());

const phone = { ip: '203.0.113.7', userAgent: 'Telegram/11' };
const elsewhere = { ip: '198.51.100.9', userAgent: 'curl/8.5' };
const signIn = (initData: string, meta: object = phone) => market.ok(null, 'sessions.telegram', { initData }, meta);
const refused = (initData: string, meta: object = phone) => market.fails(null, 'sessions.telegram', { initData }, meta);
const rows = async <Row>(statement: string) =>
  (await market.database.orm.em.getConnection().execute(statement)) as unknown as Row[];
const sessionOf = (signedIn: { tokens: { accessToken: string } }) => {
  const claims = market.tokens.verifyAccess(signedIn.tokens.accessToken);
  return typeof claims === 'string' ? claims : claims.sessionId;
};

async function later<T>(ms: number, work: () => Promise<T>): Promise<T> {
  market.clock.offsetMs += ms;
  try {
    return await work();
  } finally {
    market.clock.offsetMs = 0;
  }
}

test('the first launch makes an account, the next ones come back to it', async () => {
  const user = {
    id: newTelegramId(),
    first_name: 'Иван',
    last_name: 'Петров',
    username: 'ivan_p',
    language_code: 'ru',
  };
  const first = await signIn(signInitData({ user }));
  expect(first.user).toMatchObject({
    fullName: 'Иван Петров',
    username: 'ivan_p',
    locale: 'ru',
    telegramLinked: true,
    emailVerified: false,
  });
  const second = await signIn(signInitData({ user }));
  expect(second.user.id).toBe(first.user.id);
  expect(sessionOf(second)).not.toBe(sessionOf(first));
});

test.each([
  [{ username: 'x' }, { username: null }],
  [{ username: 'Ünïcode' }, { username: null }],
  [{ language_code: 'pt-BR' }, { locale: 'en' }],
  [{ language_code: 'ar-EG' }, { locale: 'ar' }],
  [{ first_name: 'a\u0000b\n\ud800' }, { fullName: 'a b \ufffd' }],
  [{ first_name: ' \t' }, { fullName: 'Telegram' }],
  [{ first_name: '🦊'.repeat(60) }, { fullName: '🦊'.repeat(50) }],
])('a profile of %j makes an account of %j', async (given, made) => {
  expect((await signIn(signInitData({ user: given }))).user).toMatchObject(made);
});

test('a name that is taken, in whatever letters, is not given twice', async () => {
  await market.ok(null, 'accounts.register', { username: 'Zuri', password: 'correct horse', fullName: 'Zuri' });
  expect((await signIn(signInitData({ user: { username: 'zURI' } }))).user.username).toBeNull();
});

test('many people with one name at once: one gets it, all get in', async () => {
  const people = Array.from({ length: 6 }, () => signIn(signInitData({ user: { username: 'wanted_name' } })));
  const names = (await Promise.all(people)).map(({ user }) => user.username);
  expect(names.filter((name) => name !== null)).toEqual(['wanted_name']);
});

test('two launches at once by somebody new make one account', async () => {
  const user = { id: newTelegramId() };
  const launches = Array.from({ length: 6 }, () => signIn(signInitData({ user })));
  expect(new Set((await Promise.all(launches)).map((signedIn) => signedIn.user.id)).size).toBe(1);
});

test('one initData sent by many at once opens one session', async () => {
  const initData = signInitData();
  const sessions = await Promise.all(Array.from({ length: 5 }, () => signIn(initData)));
  expect(new Set(sessions.map(sessionOf)).size).toBe(1);
});

test('a client that lost the answer gets the same session with new tokens, for a minute', async () => {
  const initData = signInitData();
  const first = await signIn(initData);
  const again = await later(55_000, () => signIn(initData));
  expect(sessionOf(again)).toBe(sessionOf(first));
  expect(again.tokens.refreshToken).not.toBe(first.tokens.refreshToken);
  await market.ok(null, 'sessions.refresh', { refreshToken: again.tokens.refreshToken }, phone);
  expect(await later(61_000, () => refused(initData))).toBe('auth.invalid');
});

test('nobody else can repeat it, and nobody after the session has ended', async () => {
  const initData = signInitData();
  const { tokens } = await signIn(initData);
  expect(await refused(initData, elsewhere)).toBe('auth.invalid');
  const claims = market.tokens.verifyAccess(tokens.accessToken);
  if (typeof claims === 'string') throw new Error(claims);
  await market.ok({ kind: 'user', ...claims, roles: [], tokenExpiresAt: claims.expiresAt }, 'sessions.logout');
  expect(await refused(initData)).toBe('auth.invalid');
});

test('what was written in another way is the same initData', async () => {
  const initData = signInitData();
  await signIn(initData);
  const rewritten = initData.split('&').toReversed().join('&').replaceAll('+', '%20');
  expect(await refused(rewritten, elsewhere)).toBe('auth.invalid');
});

test('what is remembered of initData is forgotten when its date is too old by itself', async () => {
  const initData = signInitData();
  await signIn(initData);
  const known = async () => (await rows(`select from telegram_exchange`)).length;
  const before = await known();
  await market.runJob('sessions.prune');
  expect(await known()).toBe(before);
  await later(3_601_000, async () => {
    await market.runJob('sessions.prune');
    expect(await known()).toBeLessThan(before);
    expect(await refused(initData)).toBe('auth.invalid');
  });
});

test('forged and stale initData is refused and leaves no trace', async () => {
  const count = async () => (await rows<{ n: string }>('select count(*) as n from account'))[0]?.n;
  const before = await count();
  const stale = Math.floor(Date.now() / 1000) - 3_700;
  for (const initData of [signInitData({ token: `${testBotToken}x` }), signInitData({ authDate: stale }), 'user={}']) {
    expect(await refused(initData)).toBe('auth.invalid');
  }
  expect(await count()).toBe(before);
});

test('the suspended and the deleted are not let in, at the first try or the second', async () => {
  for (const [column, code] of [
    ['suspended_at', 'auth.suspended'],
    ['deleted_at', 'auth.invalid'],
  ]) {
    const user = { id: newTelegramId() };
    const initData = signInitData({ user });
    const signedIn = await signIn(initData);
    await rows(`update account set ${column} = now() where id = '${signedIn.user.id}'`);
    expect(await refused(initData)).toBe(code);
    expect(await refused(signInitData({ user }))).toBe(code);
  }
});

test('without a bot there is no such way in', async () => {
  market.ports.bind(telegramPort, { bot: null, initDataTtlMs: 1 });
  const someone = await market.user();
  expect(await refused(signInitData())).toBe('sessions.telegram_off');
  expect(await market.fails(someone, 'accounts.linkTelegram', { initData: signInitData() })).toBe(
    'sessions.telegram_off',
  );
  market.ports.bind(telegramPort, { bot: { token: testBotToken }, initDataTtlMs: 3_600_000 });
});

const link = (who: TestUser, initData: string) => market.ok(who, 'accounts.linkTelegram', { initData });
const outbox = (who: { id: string }) =>
  rows<{ template: string; recipient: string }>(
    `select template, recipient from outgoing_message where user_id = '${who.id}' order by created_at`,
  );

test('a linked Telegram account opens the account it was linked to, which is told', async () => {
  const user = { id: newTelegramId() };
  const asha = await market.user();
  await rows(`update account set email_verified_at = now() where id = '${asha.id}'`);
  expect(await link(asha, signInitData({ user }))).toMatchObject({ id: asha.id, telegramLinked: true });
  expect((await signIn(signInitData({ user }))).user.id).toBe(asha.id);
  expect(await outbox(asha)).toMatchObject([{ template: 'telegram.linked', recipient: expect.stringContaining('@') }]);
  expect((await market.inboxOf(asha)).map(({ type }) => type)).toEqual(['user.changed']);
});

test('linking twice changes nothing the second time', async () => {
  const initData = signInitData();
  const asha = await market.user();
  const first = await link(asha, initData);
  expect(await link(asha, initData)).toEqual(first);
});

test('a Telegram account belongs to one account, also when two take it at once', async () => {
  const user = { id: newTelegramId() };
  const people = await Promise.all(Array.from({ length: 4 }, () => market.user()));
  const replies = await Promise.all(
    people.map((who) => market.call(who, 'accounts.linkTelegram', { initData: signInitData({ user }) })),
  );
  expect(replies.filter(({ ok }) => ok)).toHaveLength(1);
  const codes = replies.flatMap((reply) => (reply.ok ? [] : [reply.error.code]));
  expect(new Set(codes)).toEqual(new Set(['accounts.telegram_taken']));
});

test('a launch and a link at once end with one account of that Telegram account', async () => {
  const user = { id: newTelegramId() };
  const asha = await market.user();
  const [, linked] = await Promise.all([
    signIn(signInitData({ user })),
    market.call(asha, 'accounts.linkTelegram', { initData: signInitData({ user }) }),
  ]);
  expect(await rows(`select from account where telegram_id = ${user.id}`)).toHaveLength(1);
  expect((await signIn(signInitData({ user }))).user.id === asha.id).toBe(linked.ok);
});

test('initData that somebody used cannot tie them to the account of who saw it', async () => {
  const user = { id: newTelegramId() };
  const initData = signInitData({ user });
  const victim = await market.user();
  await link(victim, initData);
  await rows(`update account set password_hash = 'x' where id = '${victim.id}'`);
  await market.ok(victim, 'accounts.unlinkTelegram');
  const thief = await market.user();
  expect(await market.fails(thief, 'accounts.linkTelegram', { initData })).toBe('auth.invalid');
  expect(await refused(initData)).toBe('auth.invalid');
});

test('another Telegram account takes the place of the first only after that is unlinked', async () => {
  const asha = await market.user();
  await rows(`update account set email_verified_at = now() where id = '${asha.id}'`);
  await link(asha, signInitData());
  const other = signInitData();
  expect(await market.fails(asha, 'accounts.linkTelegram', { initData: other })).toBe('accounts.telegram_linked');
  expect(await market.ok(asha, 'accounts.unlinkTelegram')).toMatchObject({ telegramLinked: false });
  expect(await link(asha, other)).toMatchObject({ telegramLinked: true });
});

test('the only way in stays', async () => {
  const user = { id: newTelegramId(), username: `t${newTelegramId()}` };
  const { user: made } = await signIn(signInitData({ user }));
  const claims = {
    kind: 'user',
    userId: made.id,
    sessionId: crypto.randomUUID(),
    roles: [],
    tokenExpiresAt: 0,
  } as never;
  expect(await market.fails(claims, 'accounts.unlinkTelegram')).toBe('accounts.last_way_in');
  await rows(`update account set email = 'a${user.id}@example.test' where id = '${made.id}'`);
  expect(await market.fails(claims, 'accounts.unlinkTelegram')).toBe('accounts.last_way_in');
  await rows(`update account set email_verified_at = now() where id = '${made.id}'`);
  expect(await market.ok(claims, 'accounts.unlinkTelegram')).toMatchObject({ telegramLinked: false });
  expect(await outbox(made)).toMatchObject([{ template: 'telegram.unlinked' }]);
});
