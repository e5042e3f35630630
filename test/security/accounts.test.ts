import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { Reply } from '../../src/domain/kernel/index.ts';
import { goodPassword, codeTo, lettersTo, newEmail, newPhone, signUp } from '../identity/mailbox.ts';
import { createHarness, type Harness } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';
import { newTelegramId, signInitData } from '../support/telegram.ts';

let market: Harness;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
});
afterAll(() => market.close());
afterEach(() => {
  market.clock.offsetMs = 0;
});

const dayMs = 86_400_000;
const ip = '198.51.100.23';
const codeOf = (reply: Reply) => (reply.ok ? 'ok' : reply.error.code);

test('whoever claims an unproven address too cannot wipe out the tries at another’s password', async () => {
  const { email } = await signUp(market, { proven: false });
  await market.ok(null, 'accounts.register', { email, password: 'the password of a thief', fullName: 'Thief' });
  const login = async (password: string) =>
    codeOf(await market.call(null, 'sessions.login', { identifier: email, password }, { ip }));
  const guesses: string[] = [];
  for (let round = 0; round < 4; round += 1) {
    for (const guess of ['one', 'two', 'three']) guesses.push(await login(`guess ${round} ${guess}`));
    await login('the password of a thief');
  }
  expect(guesses.filter((code) => code === 'sessions.wrong_credentials').length).toBeLessThanOrEqual(5);
  expect(guesses.at(-1)).toBe('sessions.throttled');
});

test('nobody comes into an account that ended while they were signing in', async () => {
  const { email, id } = await signUp(market);
  await market.ok(null, 'otp.send', { email });
  const code = await codeTo(market, email);
  expect(codeOf(await whileEnding(id, () => market.call(null, 'otp.verify', { email, code })))).not.toBe('ok');
  const user = { id: newTelegramId() };
  const { user: made } = await market.ok(null, 'sessions.telegram', { initData: signInitData({ user }) });
  const initData = signInitData({ user });
  expect(codeOf(await whileEnding(made.id, () => market.call(null, 'sessions.telegram', { initData })))).not.toBe('ok');
});

/** Has a call wait for the account while that ends, as `users.deleteAccount` ends it. */
async function whileEnding(id: string, act: () => Promise<Reply>): Promise<Reply> {
  const database = market.database.sql;
  const acting = await database.transaction().execute(async (ending) => {
    await sql`select from account where id = ${id} for update`.execute(ending);
    const reply = act();
    await vi.waitFor(async () => {
      const { rows } = await sql`
        select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(database);
      expect(rows).toHaveLength(1);
    }, 20_000);
    await sql`
      update account set deleted_at = now(), email = null, email_verified_at = null, telegram_id = null
      where id = ${id}`.execute(ending);
    return { reply };
  });
  return acting.reply;
}

test('one account does not have codes sent to everybody', async () => {
  const { actor } = await signUp(market);
  const phones = Array.from({ length: 15 }, newPhone);
  const replies: string[] = [];
  for (const phone of phones) replies.push(codeOf(await market.call(actor, 'otp.send', { phone })));
  const letters = await Promise.all(phones.map((phone) => lettersTo(market, phone)));
  expect(letters.flat()).toHaveLength(10);
  expect(replies.slice(10)).toEqual(Array(5).fill('otp.too_many_sends'));
  market.clock.offsetMs = 3_600_001;
  await market.ok(actor, 'otp.send', { phone: newPhone() });
});

test('a session ends some time after it was opened, however often it is refreshed', async () => {
  const { tokens } = await market.ok(null, 'accounts.register', {
    email: newEmail(),
    password: goodPassword,
    fullName: 'Asha',
  });
  let { refreshToken } = tokens;
  const { sessionMaxAgeMs, refreshTtlMs } = market.tokens;
  for (let at = 0; at < sessionMaxAgeMs - 60_000; at += refreshTtlMs - 60_000) {
    market.clock.offsetMs = at;
    ({ refreshToken } = (await market.ok(null, 'sessions.refresh', { refreshToken })).tokens);
  }
  market.clock.offsetMs = sessionMaxAgeMs - 60_000;
  const last = (await market.ok(null, 'sessions.refresh', { refreshToken })).tokens;
  // The access token ends with it.
  expect(last.expiresIn).toBeLessThanOrEqual(60);
  market.clock.offsetMs = sessionMaxAgeMs + 6_000;
  expect(market.tokens.verifyAccess(last.accessToken)).toBe('auth.expired');
  expect(await market.fails(null, 'sessions.refresh', { refreshToken: last.refreshToken })).toBe(
    'sessions.refresh_invalid',
  );
  expect(sessionMaxAgeMs).toBeGreaterThan(dayMs);
});

test('taking Telegram away ends the sessions that were opened with it', async () => {
  const user = { id: newTelegramId() };
  const { actor } = await signUp(market);
  await market.ok(actor, 'accounts.linkTelegram', { initData: signInitData({ user }) });
  const { tokens } = await market.ok(null, 'sessions.telegram', { initData: signInitData({ user }) });
  await market.ok(actor, 'accounts.unlinkTelegram');
  expect(await market.fails(null, 'sessions.refresh', { refreshToken: tokens.refreshToken })).toBe(
    'sessions.refresh_invalid',
  );
  expect((await market.ok(actor, 'sessions.list')).items).toMatchObject([{ current: true }]);
});

test('an export has the newest of what a person has too much of', async () => {
  const { actor, id } = await signUp(market);
  const database = market.database.sql;
  await sql`
    insert into report (id, kind, reporter_id, subject_kind, subject_id, subject_user_id, reason, evidence_ids,
      snapshot, state, version, created_at, updated_at)
    select ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'report', ${id}, 'user', gen_random_uuid(),
      ${id}, 'spam', '{}', '{}', 'open', 1, now(), now()
    from generate_series(1, 1200) n`.execute(database);
  const { data, cut } = await market.ok(actor, 'users.exportData');
  expect(data.reports).toHaveLength(1_000);
  expect(data.reports[0]).toMatchObject({ id: '00000000-0000-7000-8000-000000001200' });
  expect(cut).toContain('reports');
});
