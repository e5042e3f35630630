import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHarness, type Harness } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';
import { actorOf, goodPassword, signUp } from './mailbox.ts';

let market: Harness;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
});
afterAll(() => market.close());

const phone = { ip: '203.0.113.7', userAgent: 'Soko/3.2 (iPhone)' };
const elsewhere = { ip: '198.51.100.9', userAgent: 'curl/8.5' };

let count = 0;
async function signIn(): Promise<string> {
  count += 1;
  const input = { username: `asha${count}`, password: goodPassword, fullName: 'Asha' };
  const { tokens } = await market.ok(null, 'accounts.register', input, phone);
  return tokens.refreshToken;
}

async function refresh(refreshToken: string, meta: object = phone): Promise<string> {
  const { tokens } = await market.ok(null, 'sessions.refresh', { refreshToken }, meta);
  return tokens.refreshToken;
}

const refused = (refreshToken: string, meta: object = phone) =>
  market.fails(null, 'sessions.refresh', { refreshToken }, meta);
const evictions = () => market.delivered.flatMap((outbound) => outbound.evictions).length;

async function later<T>(ms: number, work: () => Promise<T>): Promise<T> {
  market.clock.offsetMs += ms;
  try {
    return await work();
  } finally {
    market.clock.offsetMs = 0;
  }
}

test('a reused refresh token revokes the whole session', async () => {
  const before = evictions();
  const [first, second] = await chain();
  for (const token of [first, second]) {
    expect(await later(61_000, () => refused(token))).toBe('sessions.refresh_invalid');
  }
  expect(evictions()).toBe(before + 1);
});

async function chain(): Promise<[string, string]> {
  const first = await signIn();
  return [first, await refresh(first)];
}

test('a token two generations old is a reuse, however soon it comes', async () => {
  const [first, second] = await chain();
  const third = await refresh(second);
  expect(await refused(first)).toBe('sessions.refresh_invalid');
  expect(await refused(third)).toBe('sessions.refresh_invalid');
});

test('a client that lost the answer gets another one', async () => {
  const [first] = await chain();
  const again = await later(30_000, () => refresh(first));
  await refresh(again);
});

test('a lost answer may be lost again, within the minute', async () => {
  const [first] = await chain();
  const again = [await later(5_000, () => refresh(first)), await later(50_000, () => refresh(first))];
  expect(new Set(again).size).toBe(2);
  expect(await later(61_000, () => refused(first))).toBe('sessions.refresh_invalid');
});

test('two tabs that refresh at once both go on, and the session with them', async () => {
  const first = await signIn();
  const tabs = await Promise.all([refresh(first), refresh(first), refresh(first)]);
  expect(new Set(tabs).size).toBe(3);
  // The browser keeps the cookie that came last, so that all tabs go on from one of them.
  const next = await refresh(String(tabs.at(-1)));
  await refresh(next);
});

test('two tabs that each keep their own sibling may refresh at once again', async () => {
  const first = await signIn();
  const siblings = await Promise.all([refresh(first), refresh(first)]);
  const grown = await Promise.all(siblings.map((token) => refresh(token)));
  expect(new Set(grown).size).toBe(2);
});

test('a phone that changes its network between the two tries is the same device', async () => {
  const [first] = await chain();
  await refresh(first, { ...phone, ip: '192.0.2.200' });
});

test('the same network is enough where the second try is of another part of the app', async () => {
  const [first] = await chain();
  await refresh(first, { ip: phone.ip, userAgent: 'okhttp/4.12' });
});

test('a repeat from elsewhere is a theft, at once', async () => {
  const [first, second] = await chain();
  expect(await refused(first, elsewhere)).toBe('sessions.refresh_invalid');
  expect(await refused(second)).toBe('sessions.refresh_invalid');
});

test('a thief who comes first is found out when the owner comes', async () => {
  const first = await signIn();
  const stolen = await refresh(first, elsewhere);
  expect(await refused(first)).toBe('sessions.refresh_invalid');
  expect(await refused(stolen, elsewhere)).toBe('sessions.refresh_invalid');
});

test('a thief who repeats in time and in disguise is found out at the next rotation of either', async () => {
  const [first, second] = await chain();
  const stolen = await refresh(first);
  const next = await later(900_000, () => refresh(second));
  await later(1_800_000, async () => {
    expect(await refused(stolen)).toBe('sessions.refresh_invalid');
    expect(await refused(next)).toBe('sessions.refresh_invalid');
  });
});

test('a suspended person gets no tokens, and an unknown token none either', async () => {
  const first = await signIn();
  const em = market.database.orm.em.getConnection();
  await em.execute(`update account set suspended_at = now() where username = 'asha${count}'`);
  expect(await refused(first)).toBe('auth.suspended');
  expect(await refused('never issued')).toBe('sessions.refresh_invalid');
});

test('spent tokens are forgotten once no holder can have been away so long; the live one stays', async () => {
  const [, second] = await chain();
  const stored = async () => {
    const rows = await market.database.orm.em.getConnection().execute('select count(*)::int as n from refresh_token');
    return (rows as { n: number }[])[0]?.n ?? 0;
  };
  await market.runJob('sessions.prune');
  const before = await stored();
  await later(86_400_000 + 1_000, () => market.runJob('sessions.prune'));
  expect(await stored()).toBeLessThan(before);
  await refresh(second);
});

test('a person has at most 50 sessions; the one not used for longest ends', async () => {
  const { email, tokens, actor } = await signUp(market);
  const signInAgain = () => market.ok(null, 'sessions.login', { identifier: email, password: goodPassword });
  for (let sessions = 1; sessions < 50; sessions += 1) await signInAgain();
  expect((await market.ok(actor, 'sessions.list')).items).toHaveLength(50);
  market.delivered.length = 0;
  const { tokens: newest } = await signInAgain();
  const cut = market.delivered.flatMap((outbound) => outbound.evictions);
  expect(cut).toEqual([{ sessionId: actor.actor.sessionId, reason: 'too many sessions' }]);
  expect(await refused(tokens.refreshToken)).toBe('sessions.refresh_invalid');
  expect((await market.ok(await actorOf(market, newest.accessToken), 'sessions.list')).items).toHaveLength(50);
});
