import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { createHarness, type Harness } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';
import { goodPassword, newEmail, signUp } from './mailbox.ts';

let market: Harness;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
});
afterAll(() => market.close());
afterEach(() => {
  market.clock.offsetMs = 0;
});

const minuteMs = 60_000;
const home = '203.0.113.7';
const away = '198.51.100.23';

function login(identifier: string, { password = 'a wrong horse', ip = away } = {}) {
  return market.call(null, 'sessions.login', { identifier, password }, { ip });
}

const codes = (replies: Awaited<ReturnType<typeof login>>[]) =>
  replies.map((reply) => (reply.ok ? 'ok' : reply.error.code));
const many = <T>(times: number, make: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: times }, (_, index) => make(index)));

test('of many tries at once from one network five are checked, known account or not', async () => {
  const { email } = await signUp(market);
  for (const identifier of [email, newEmail(), 'nobody_here', '+254700000001']) {
    const told = codes(await many(12, () => login(identifier)));
    expect(told.filter((code) => code === 'sessions.wrong_credentials')).toHaveLength(5);
    expect(told.filter((code) => code === 'sessions.throttled')).toHaveLength(7);
  }
});

test('while throttled, the right password is not let in either, until the time told is over', async () => {
  const { email } = await signUp(market);
  await many(5, () => login(email));
  const refused = await login(email, { password: goodPassword });
  if (refused.ok) throw new Error('let in');
  const { code, retryAfterMs = 0 } = refused.error;
  expect(code).toBe('sessions.throttled');
  expect(retryAfterMs).toBeGreaterThan(14 * minuteMs);
  expect(retryAfterMs).toBeLessThanOrEqual(15 * minuteMs);
  market.clock.offsetMs = retryAfterMs + 10;
  expect((await login(email, { password: goodPassword })).ok).toBe(true);
});

test('an identifier written otherwise, and another address of one IPv6 network, count as the same', async () => {
  const { email } = await signUp(market);
  await many(5, (index) => login(email, { ip: `2001:db8:1:2::${index}` }));
  expect(codes([await login(email.toUpperCase(), { ip: '2001:db8:1:2:ffff::1' })])).toEqual(['sessions.throttled']);
  expect(codes([await login(email, { ip: '2001:db8:1:3::1' })])).toEqual(['sessions.wrong_credentials']);
});

test('success starts the count anew', async () => {
  const { email } = await signUp(market);
  for (let rounds = 0; rounds < 3; rounds += 1) {
    await many(4, () => login(email));
    expect((await login(email, { password: goodPassword })).ok).toBe(true);
  }
});

test('strangers from many networks are held together, and cannot lock the owner out at home', async () => {
  const { email } = await signUp(market);
  const told: string[] = [];
  for (let net = 0; net < 15; net += 1) {
    told.push(...codes(await many(4, () => login(email, { ip: `192.0.2.${net}` }))));
  }
  expect(told.filter((code) => code === 'sessions.wrong_credentials')).toHaveLength(50);
  expect(told.filter((code) => code === 'sessions.throttled')).toHaveLength(10);
  expect(codes([await login(email, { ip: '192.0.2.200', password: goodPassword })])).toEqual(['sessions.throttled']);
  expect((await login(email, { ip: home, password: goodPassword })).ok).toBe(true);
});

test.skipIf(!process.env.DATABASE_URL)('a known and an unknown identifier cost the same statements', async () => {
  const { email } = await signUp(market);
  const spy = vi.spyOn(pg.Client.prototype, 'query');
  const counted = async (name: string, input: object) => {
    await market.call(null, name, input, { ip: '198.51.100.77' });
    const texts = spy.mock.calls.splice(0).map(([query]) => shapeOf(query as { text?: string } | string));
    // The watch over the database asks every second, whatever else goes on.
    return texts.filter((text) => !/pg_is_in_recovery|inbox_current_epoch/.test(text));
  };
  const pairs = [];
  for (const [name, field] of [
    ['sessions.login', 'identifier'],
    ['passwords.forgot', 'identifier'],
    ['otp.send', 'email'],
    ['otp.verify', 'email'],
  ] as const) {
    const extra = { 'sessions.login': { password: 'a wrong horse' }, 'otp.verify': { code: '000000' } }[name as string];
    await counted(name, { [field]: newEmail(), ...extra });
    const known = await counted(name, { [field]: email, ...extra });
    pairs.push([known, await counted(name, { [field]: newEmail(), ...extra })]);
  }
  spy.mockRestore();
  for (const [known, unknown] of pairs) expect(known).toEqual(unknown);
  expect(Math.min(...pairs.flat().map((texts) => texts.length))).toBeGreaterThan(1);
});

test('what is past its time is deleted, and what still counts stays', async () => {
  const { email, tokens } = await signUp(market);
  await market.ok(null, 'sessions.refresh', { refreshToken: tokens.refreshToken });
  await market.ok(null, 'passwords.forgot', { identifier: email });
  await login(email);
  const counts = async () => {
    const { rows } = await sql<Record<string, number>>`
      select (select count(*)::int from one_time_code) as codes, (select count(*)::int from password_reset) as resets,
             (select count(*)::int from quota) as quotas, (select count(*)::int from session) as sessions,
             (select count(*)::int from known_origin) as origins`.execute(market.database.sql);
    return rows[0]!;
  };
  const before = await counts();
  await market.runJob('sessions.prune');
  expect(await counts()).toEqual(before);
  market.clock.offsetMs = 2 * 60 * minuteMs;
  await market.runJob('sessions.prune');
  expect(await counts()).toMatchObject({ codes: 0, resets: 0, quotas: 0, sessions: before.sessions });
  market.clock.offsetMs = 200 * 24 * 60 * minuteMs;
  await market.runJob('sessions.prune');
  expect(await counts()).toEqual({ codes: 0, resets: 0, quotas: 0, sessions: 0, origins: 0 });
});

/** A statement without the values that some drivers write into it. */
function shapeOf(query: { text?: string } | string): string {
  const text = typeof query === 'string' ? query : (query.text ?? '');
  return text
    .replaceAll(/'[^']*'/g, '?')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
