import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { isPast } from '../../src/domain/identity/codes.ts';
import { createHarness, type Harness } from '../support/harness.ts';
import { bindTestPorts } from '../support/ports.ts';
import { codeTo, lettersTo, newEmail, newPhone, otherThan, signUp } from './mailbox.ts';

let market: Harness;
beforeAll(async () => {
  market = await createHarness(bindTestPorts);
});
afterAll(() => market.close());
afterEach(() => {
  market.clock.offsetMs = 0;
});

const minuteMs = 60_000;
const verify = (as: Parameters<Harness['call']>[0], input: object) => market.call(as, 'otp.verify', input);
const invalid = { ok: false, error: { code: 'otp.invalid' } };
const withoutId = (reply: Awaited<ReturnType<Harness['call']>>) =>
  reply.ok ? reply : { ...reply.error, requestId: '', retryAfterMs: 0 };

test('who signs up is sent a code, and proves the address with it once', async () => {
  const { actor, email } = await signUp(market, { proven: false });
  expect((await market.ok(actor, 'users.me')).emailVerified).toBe(false);
  const code = await codeTo(market, email);
  const { user, tokens } = await market.ok(actor, 'otp.verify', { email, code });
  expect(user).toMatchObject({ email, emailVerified: true, version: 2 });
  expect(tokens).toBeNull();
  expect((await market.inboxOf(actor)).at(-1)).toMatchObject({ type: 'user.changed', data: { emailVerified: true } });
  expect(await verify(actor, { email, code })).toMatchObject(invalid);
});

test('a phone number is added to an account by its code, and then signs in as a password would', async () => {
  const { actor, id } = await signUp(market);
  const phone = newPhone();
  await market.ok(actor, 'otp.send', { phone });
  expect(await lettersTo(market, phone)).toHaveLength(1);
  await market.ok(actor, 'otp.verify', { phone, code: await codeTo(market, phone) });
  await market.ok(null, 'otp.send', { phone });
  const signedIn = await market.ok(null, 'otp.verify', { phone, code: await codeTo(market, phone) });
  expect(signedIn.user).toMatchObject({ id, phone, phoneVerified: true });
  expect(signedIn.tokens).toMatchObject({ tokenType: 'Bearer', refreshToken: expect.any(String) });
});

test('a code is good for ten minutes and not for a millisecond more', async () => {
  const end = new Date(10 * minuteMs);
  expect(isPast(new Date(10 * minuteMs), end)).toBe(false);
  expect(isPast(new Date(10 * minuteMs + 1), end)).toBe(true);
  const { actor, email } = await signUp(market, { proven: false });
  const code = await codeTo(market, email);
  market.clock.offsetMs = 10 * minuteMs + 1;
  expect(await verify(actor, { email, code })).toMatchObject(invalid);
  market.clock.offsetMs = 10 * minuteMs - 5_000;
  expect(await verify(actor, { email, code })).toMatchObject({ ok: true });
});

test('three codes an hour go to an address, whoever asks and however many ask at once', async () => {
  const { actor, email } = await signUp(market);
  const asks = [actor, null, actor, null, null, actor].map((as) => market.call(as, 'otp.send', { email }));
  const replies = await Promise.all(asks);
  expect(replies.filter(({ ok }) => ok)).toHaveLength(2);
  const refused = replies.flatMap((reply) => (reply.ok ? [] : [reply.error.code]));
  expect(new Set(refused)).toEqual(new Set(['otp.too_many_sends']));
  const again = await market.call(null, 'otp.send', { email: email.toUpperCase() });
  if (again.ok) throw new Error('sent a fourth');
  expect(again.error.retryAfterMs).toBeGreaterThan(58 * minuteMs);
  market.clock.offsetMs = 60 * minuteMs + 1_000;
  await market.ok(null, 'otp.send', { email });
});

test('the fifth try of a code may be right, the sixth may not', async () => {
  for (const wrongs of [4, 5]) {
    const { actor, email } = await signUp(market, { proven: false });
    const code = await codeTo(market, email);
    for (let tries = 0; tries < wrongs; tries += 1) {
      expect(await verify(actor, { email, code: otherThan(code) })).toMatchObject(invalid);
    }
    expect((await verify(actor, { email, code })).ok).toBe(wrongs === 4);
  }
});

test('of twenty right answers at once one wins, and of twenty wrong ones five count', async () => {
  const { email } = await signUp(market);
  await market.ok(null, 'otp.send', { email });
  const code = await codeTo(market, email);
  const right = await Promise.all(Array.from({ length: 20 }, () => verify(null, { email, code })));
  expect(right.filter(({ ok }) => ok)).toHaveLength(1);
  await market.ok(null, 'otp.send', { email });
  const fresh = await codeTo(market, email);
  await Promise.all(Array.from({ length: 20 }, () => verify(null, { email, code: otherThan(fresh) })));
  const { rows } = await sql<{ tries: number }>`
    select tries from one_time_code order by id desc limit 1`.execute(market.database.sql);
  expect(rows).toEqual([{ tries: 5 }]);
  expect(await verify(null, { email, code: fresh })).toMatchObject(invalid);
});

test('only the newest code counts', async () => {
  const { actor, email } = await signUp(market, { proven: false });
  const old = await codeTo(market, email);
  await market.ok(actor, 'otp.send', { email });
  let fresh = await codeTo(market, email);
  // One in a million is the same code again.
  if (fresh === old) {
    await market.ok(actor, 'otp.send', { email });
    fresh = await codeTo(market, email);
  }
  expect(await verify(actor, { email, code: old })).toMatchObject(invalid);
  expect(await verify(actor, { email, code: fresh })).toMatchObject({ ok: true });
});

test('a code is good for nobody else, for no other address and for no other purpose', async () => {
  const asha = await signUp(market);
  const juma = await signUp(market);
  const email = newEmail();
  await market.ok(asha.actor, 'otp.send', { email });
  const code = await codeTo(market, email);
  expect(await verify(juma.actor, { email, code })).toMatchObject(invalid);
  expect(await verify(null, { email, code })).toMatchObject(invalid);
  expect(await verify(asha.actor, { email: newEmail(), code })).toMatchObject(invalid);
  await market.ok(asha.actor, 'otp.send', { email: asha.email, purpose: 'delete_account' });
  const farewell = await codeTo(market, asha.email);
  expect(await verify(asha.actor, { email: asha.email, code: farewell })).toMatchObject(invalid);
  expect(await market.fails(asha.actor, 'users.deleteAccount', { code })).toBe('users.not_proven');
  expect(await market.fails(null, 'otp.send', { email, purpose: 'verify' })).toBe('auth.required');
});

test('a guest is told the same of known and unknown addresses, and a code goes only to the known', async () => {
  const known = await signUp(market);
  const claimed = await signUp(market, { proven: false });
  const unknown = newEmail();
  const before = (await lettersTo(market, claimed.email)).length;
  const answers = [];
  for (const email of [known.email, claimed.email, unknown]) {
    const sent = await market.call(null, 'otp.send', { email });
    const wrong = await verify(null, { email, code: '000000' });
    answers.push([sent, withoutId(wrong)]);
  }
  expect(answers[1]).toEqual(answers[0]);
  expect(answers[2]).toEqual(answers[0]);
  expect((await lettersTo(market, known.email))[0]).toMatchObject({ template: 'otp.code', userId: known.id });
  expect(await lettersTo(market, unknown)).toEqual([]);
  expect(await lettersTo(market, claimed.email)).toHaveLength(before);
});

test('codes and addresses are stored only as keyed hashes', async () => {
  const { email } = await signUp(market);
  await market.ok(null, 'otp.send', { email });
  const code = await codeTo(market, email);
  const { rows } = await sql<{ row: string }>`
    select row_to_json(one_time_code)::text as row from one_time_code order by id desc limit 1`.execute(
    market.database.sql,
  );
  expect(rows[0]?.row).not.toContain(email);
  expect(rows[0]?.row).not.toContain(code);
});

test('a claim keeps nobody out: whoever proves an address has it, and takes it from the others', async () => {
  const mallory = await signUp(market, { proven: false });
  const asha = await signUp(market, { proven: false, email: mallory.email });
  const signIn = { identifier: mallory.email, password: 'correct horse battery' };
  await market.ok(asha.actor, 'otp.verify', { email: asha.email, code: await codeTo(market, asha.email) });
  expect((await market.ok(null, 'sessions.login', signIn)).user.id).toBe(asha.id);
  await market.ok(mallory.actor, 'otp.send', { email: mallory.email });
  const code = await codeTo(market, mallory.email);
  expect(await verify(mallory.actor, { email: mallory.email, code })).toMatchObject({
    error: { code: 'accounts.taken' },
  });
});

test('of two who prove one address at once, one has it', async () => {
  const email = newEmail();
  const [one, two] = [await signUp(market), await signUp(market)];
  await market.ok(one.actor, 'otp.send', { email });
  const first = await codeTo(market, email);
  await market.ok(two.actor, 'otp.send', { email });
  const second = await codeTo(market, email);
  const replies = await Promise.all([
    verify(one.actor, { email, code: first }),
    verify(two.actor, { email, code: second }),
  ]);
  expect(replies.filter(({ ok }) => ok)).toHaveLength(1);
  expect(replies.find(({ ok }) => !ok)).toMatchObject({ error: { code: 'accounts.taken' } });
});

test('the reader of a replaced address is told', async () => {
  const { actor, email } = await signUp(market);
  const next = newEmail();
  await market.ok(actor, 'otp.send', { email: next });
  await market.ok(actor, 'otp.verify', { email: next, code: await codeTo(market, next) });
  expect((await lettersTo(market, email))[0]).toMatchObject({ template: 'address.replaced' });
});

test('a suspended person is told so only with the right code', async () => {
  const { email, id } = await signUp(market);
  await market.ok(await market.user({ roles: ['admin'] }), 'users.suspend', { userId: id, reason: 'fraud' });
  await market.ok(null, 'otp.send', { email });
  const code = await codeTo(market, email);
  expect(await verify(null, { email, code: otherThan(code) })).toMatchObject(invalid);
  expect(await verify(null, { email, code })).toMatchObject({ error: { code: 'auth.suspended' } });
});
